/**
 * Why the view is held still. It goes on when no reason is left:
 *
 * - pause: the reader said so;
 * - scroll: the reader is not at the end;
 * - select: text is being selected;
 * - read: the detail of an entry is open.
 */
export type Reason = 'pause' | 'scroll' | 'select' | 'read';

/** The reasons in force. */
export class Hold {
  private readonly reasons = new Set<Reason>();

  constructor(private readonly changed: (held: boolean) => void) {}

  get held(): boolean {
    return this.reasons.size > 0;
  }

  has(reason: Reason): boolean {
    return this.reasons.has(reason);
  }

  set(reason: Reason, on: boolean): void {
    if (this.reasons.has(reason) === on) return;
    if (on) this.reasons.add(reason);
    else this.reasons.delete(reason);
    this.changed(this.held);
  }

  clear(): void {
    if (!this.held) return;
    this.reasons.clear();
    this.changed(false);
  }
}

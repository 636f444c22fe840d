import { Ring } from './ring';
import { openGap, Row, type LocalGap } from './row';

/**
 * How many rows are kept: ten seconds at 5,000 entries a second, hours of most filters.
 * What is older is fetched from the server when the reader scrolls up to it.
 */
export const MAX_ROWS = 50_000;
/** How many rows wait while the view is held. What is beyond it stays on the server. */
export const MAX_WAITING = 20_000;
/** How much memory the text of all rows may take, in bytes: long lines count for more. */
export const MAX_BYTES = 64 << 20;

export interface Limits {
  rows: number;
  waiting: number;
  bytes: number;
}

const defaults: Limits = { rows: MAX_ROWS, waiting: MAX_WAITING, bytes: MAX_BYTES };

/**
 * The rows of one filter, and those that wait while the reader holds the view still.
 * Nothing that is on the screen moves while it is held: new rows wait, and where there
 * come too many, the middle is left out and a gap says so.
 *
 * Each row has a number that never changes; first is that of the oldest row kept. Rows
 * from before have negative numbers.
 */
export class Log {
  first = 0;
  /** How many rows have been dropped at the front, all in all: what they were is older than the oldest. */
  dropped = 0;
  /** Changes whenever a row does. */
  version = 0;

  private readonly rows: Ring<Row>;
  private readonly waitingRows: Ring<Row>;
  private bytes = 0;
  private heldStill = false;
  /** What was left out between the last row and the first that waits. */
  private overflow: LocalGap | undefined;

  constructor(private readonly limits: Limits = defaults) {
    this.rows = new Ring(limits.rows);
    this.waitingRows = new Ring(limits.waiting);
  }

  get length(): number {
    return this.rows.length;
  }

  /** How many rows have come since the view is held, those left out included. */
  get waiting(): number {
    return this.waitingRows.length + (this.overflow?.entries ?? 0);
  }

  get held(): boolean {
    return this.heldStill;
  }

  /** The row with this number, or undefined when it is not kept. */
  row(number: number): Row | undefined {
    return this.rows.at(number - this.first);
  }

  /** The number of a row, or undefined when it is not kept. */
  numberOf(row: Row): number | undefined {
    const i = this.rows.indexOf(row);
    return i < 0 ? undefined : this.first + i;
  }

  /** The cursor of the oldest entry kept. */
  oldestCursor(): string | undefined {
    for (const row of this.rows) if (row.cursor !== undefined) return row.cursor;
    return undefined;
  }

  /** The cursor of the first entry from this row number on. */
  cursorFrom(number: number): string | undefined {
    for (let n = number; n < this.first + this.rows.length; n++) {
      const cursor = this.row(n)?.cursor;
      if (cursor !== undefined) return cursor;
    }
    return this.waitingRows.first()?.cursor;
  }

  append(rows: readonly Row[]): void {
    if (rows.length === 0) return;
    for (const row of rows) {
      if (this.heldStill) this.wait(row);
      else this.push(row);
    }
    this.shrink(this.heldStill);
    this.version++;
  }

  /**
   * Adds rows from before the oldest, newest first. Beyond the capacity the newest rows
   * leave while the view is held: whoever reads old ones does not see them. While it
   * follows the end, those that do not fit are left out.
   */
  prepend(newestFirst: readonly Row[]): void {
    for (const row of newestFirst) {
      if (!this.heldStill && this.rows.length >= this.limits.rows) {
        this.dropped++;
        break;
      }
      const cut = this.rows.unshift(row);
      if (cut) this.cutOff(cut);
      this.first--;
      this.bytes += row.weight;
    }
    this.shrink(this.heldStill);
    this.version++;
  }

  /** Puts rows in front of the row with this number, which may be one past the last. */
  insert(number: number, rows: readonly Row[]): void {
    const behind: Row[] = [];
    while (this.first + this.rows.length > number) behind.push(this.rows.pop()!);
    for (const row of rows) this.push(row);
    while (behind.length > 0) {
      const row = behind.pop()!;
      this.bytes -= row.weight; // push counts it again
      this.push(row);
    }
    this.shrink(false);
    this.version++;
  }

  /** Takes a row out, which must be one of the view. */
  remove(row: Row): void {
    const number = this.numberOf(row);
    if (number === undefined) return;
    const behind: Row[] = [];
    while (this.first + this.rows.length > number + 1) behind.push(this.rows.pop()!);
    this.bytes -= this.rows.pop()!.weight;
    while (behind.length > 0) this.rows.push(behind.pop()!);
    this.version++;
  }

  hold(): void {
    this.heldStill = true;
  }

  /** Lets the view go on: what waited joins it. */
  release(): void {
    this.heldStill = false;
    if (this.overflow) {
      this.push(Row.ofMark({ kind: 'gap', gap: this.overflow }, this.rows.last()?.ms ?? 0));
      this.overflow = undefined;
    }
    for (let row = this.waitingRows.shift(); row; row = this.waitingRows.shift()) {
      this.bytes -= row.weight;
      this.push(row);
    }
    this.shrink(false);
    this.version++;
  }

  private push(row: Row): void {
    const dropped = this.rows.push(row);
    this.bytes += row.weight;
    if (dropped) {
      this.bytes -= dropped.weight;
      this.forget();
    }
  }

  private forget(): void {
    this.first++;
    this.dropped++;
  }

  private wait(row: Row): void {
    const dropped = this.waitingRows.push(row);
    this.bytes += row.weight;
    if (dropped) this.leaveOut(dropped);
  }

  /** A row that waited and now will not be shown: part of the gap before the others. */
  private leaveOut(row: Row): void {
    const gap = this.overflowing();
    this.bytes -= row.weight;
    gap.entries! += row.entry ? 1 : 0;
    gap.to = row.cursor ?? gap.to; // what waited leaves in its order
  }

  /** A row that was shown at the end and no longer is. */
  private cutOff(row: Row): void {
    const last = this.overflow?.to;
    this.leaveOut(row);
    this.overflow!.from = this.lastCursor();
    this.overflow!.to = last ?? this.overflow!.to; // what was shown leaves from its end
  }

  private overflowing(): LocalGap {
    this.overflow ??= openGap({ reason: 'OVERFLOW', entries: 0, from: this.lastCursor() });
    return this.overflow;
  }

  private lastCursor(): string | undefined {
    for (let i = this.rows.length - 1; i >= 0; i--) {
      const cursor = this.rows.at(i)?.cursor;
      if (cursor !== undefined) return cursor;
    }
    return undefined;
  }

  /** Keeps to the budget of bytes: from the far end of where the reader is. */
  private shrink(readingOld: boolean): void {
    while (this.bytes > this.limits.bytes) {
      if (!readingOld && this.rows.length > 1) {
        this.bytes -= this.rows.shift()!.weight;
        this.forget();
      } else if (this.waitingRows.length > 1) {
        this.leaveOut(this.waitingRows.shift()!);
      } else if (this.rows.length > 1) {
        this.cutOff(this.rows.pop()!);
      } else return;
    }
  }
}

import type { Progress } from './contract';

/** The numbers of the status line. */
export interface Counters {
  received: number;
  matched: number;
  scanned: number;
  missed: number;
  behind: number;
  /** How long ago the newest entry that came was taken in, where there is more behind it; in ms. */
  lag: number;
  /** Entries received in the last second. */
  rate: number;
}

export const zero: Counters = { received: 0, matched: 0, scanned: 0, missed: 0, behind: 0, lag: 0, rate: 0 };

/** Counts what a visit has received, over all of its connections. */
export class Meter {
  readonly counters: Counters = { ...zero };
  /** When the server took in the newest entry that came. */
  observed = '';
  /** What the connections before this one told; each counts from 0. */
  private before = { scanned: 0, matched: 0 };
  private recent: { at: number; entries: number }[] = [];

  /** A connection has been opened. */
  opened(): void {
    this.before = { scanned: this.counters.scanned, matched: this.counters.matched };
  }

  received(entries: number): void {
    this.counters.received += entries;
    this.recent.push({ at: performance.now(), entries });
    this.measure();
  }

  /** Counts entries of gaps; negative where some have been fetched after all. */
  missed(entries: number): void {
    this.counters.missed += entries;
  }

  progress(p: Progress): void {
    const c = this.counters;
    c.scanned = this.before.scanned + Number(p.scanned ?? 0);
    c.matched = this.before.matched + Number(p.matched ?? 0);
    c.behind = Number(p.behind ?? 0);
    c.lag = c.behind > 0 && this.observed !== '' ? Math.max(0, Date.now() - Date.parse(this.observed)) : 0;
  }

  /** Brings the rate up to date; to be called when nothing comes, too. */
  measure(): void {
    const now = performance.now();
    while (this.recent.length > 0 && this.recent[0]!.at < now - 1000) this.recent.shift();
    this.counters.rate = this.recent.reduce((sum, r) => sum + r.entries, 0);
    // Progress is told now and then: what has come has matched.
    this.counters.matched = Math.max(this.counters.matched, this.counters.received);
    this.counters.scanned = Math.max(this.counters.scanned, this.counters.matched);
  }
}

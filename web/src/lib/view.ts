import { aborted, ApiError, list, sentence, type PageRequest } from './api';
import { Histogram } from './histogram';
import { Log } from './log';
import { Row, toldGap } from './row';
import type { Page } from './contract';

/** How many entries are fetched at a time from before what is shown. */
export const PAGE_SIZE = 300;
/**
 * How many pages in a row may come short of entries before the reader is asked whether to
 * search on. Each is up to two seconds of the server's work.
 */
const SHORT_PAGES = 3;

export type HistoryState = 'idle' | 'fetching' | 'end' | 'paused' | 'failed';

/** How pages are fetched; the tests bring their own. */
export type Lister = (request: PageRequest, signal?: AbortSignal) => Promise<Page>;

/** Everything that is shown of one filter: its rows, its rates and its past. */
export class View {
  readonly log = new Log();
  readonly histogram = new Histogram();
  historyError = '';

  private history: HistoryState = 'idle';
  private token: string | undefined;
  private request: PageRequest | undefined;
  private readonly abort = new AbortController();
  /** How many rows the log had dropped when the last page came. */
  private dropped = 0;

  /** The stream brings every entry that matches behind joint, and pages those up to it. */
  constructor(
    readonly query: string,
    readonly canonical: string,
    readonly revision: number,
    private readonly joint: string | undefined,
    private readonly changed: () => void,
    private readonly lister: Lister = list,
  ) {}

  /** What is known of the entries before the oldest row. */
  get past(): HistoryState {
    return this.history === 'end' && this.outdated ? 'idle' : this.history;
  }

  /** Takes in entries of the stream, in order. */
  live(rows: readonly Row[]): void {
    for (const row of rows) if (row.entry) this.histogram.add(row.ms, row.entry.severity);
    this.log.append(rows);
  }

  /**
   * Fetches what is older than the oldest row; first is called when the first page is
   * there, or will not come. Does nothing while it is at it already.
   */
  async older(first: () => void = () => {}): Promise<void> {
    if (this.past === 'fetching' || this.past === 'end') return;
    this.history = 'fetching';
    this.changed();
    try {
      for (let short = 0; short < SHORT_PAGES; ) {
        const got = await this.page();
        first();
        if (this.token === undefined) return this.finish('end');
        if (got >= PAGE_SIZE / 2) return this.finish('idle');
        if (got === 0) short++;
      }
      this.finish('paused');
    } catch (error) {
      if (aborted(error)) return;
      // Retention has passed the oldest row that is shown.
      if (error instanceof ApiError && error.reason === 'CURSOR_TOO_OLD') return this.ended(first);
      this.historyError = sentence(error);
      first();
      this.finish('failed');
    }
  }

  /** Ends what is under way; the view is no longer shown. */
  close(): void {
    this.abort.abort();
  }

  private ended(first: () => void): void {
    first();
    this.finish('end');
  }

  private finish(state: HistoryState): void {
    this.history = state;
    this.changed();
  }

  private async page(): Promise<number> {
    const dropped = this.log.dropped;
    const page = await this.lister({ ...this.place(), page_token: this.token }, this.abort.signal);
    if (this.log.dropped !== dropped) return 0; // rows have left meanwhile: this page is not next to the oldest
    this.token = page.next_page_token || undefined;
    const rows = (page.entries ?? []).map((e) => Row.ofEntry(e));
    for (const row of rows) this.histogram.add(row.ms, row.entry!.severity);
    const found = rows.length;
    // What the page could not read lies somewhere in it; told where it ends, it is not overlooked.
    for (const gap of page.gaps ?? []) rows.push(Row.ofMark({ kind: 'gap', gap: toldGap(gap) }, 0));
    this.log.prepend(rows);
    this.dropped = this.log.dropped;
    this.changed();
    return found;
  }

  /** Where pages begin. They go on from there by their token. */
  private place(): PageRequest {
    if (this.request === undefined || this.outdated) {
      this.token = undefined;
      // By cursor, and not from the newest: thousands may have come since the filter holds.
      const from = this.outdated ? { before_cursor: this.log.oldestCursor() } : { until_cursor: this.joint };
      this.request = { query: this.query, order: 'NEWEST_FIRST', page_size: PAGE_SIZE, ...from };
    }
    return this.request;
  }

  /** Whether rows at the front have left since the last page: its token leads past them. */
  private get outdated(): boolean {
    return this.dropped !== this.log.dropped;
  }
}

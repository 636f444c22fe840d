import { address, credential } from './api';
import type { Frame, Gap, Goodbye, LogEntry, Progress, Rejected, Status } from './contract';
import { mistakeOf, reasonIn, refusalIn, verdictOf, why, type Mistake, type Verdict } from './ending';
import { fill } from './gaps';
import { backOff, Link, type End } from './link';
import { Meter } from './meter';
import { openGap, Row, toldGap, type LocalGap } from './row';
import { View } from './view';

export type LinkState =
  | { kind: 'connecting' }
  | { kind: 'open' }
  /** The connection is lost; the next try is at this time. */
  | { kind: 'waiting'; at: number; why: string }
  /** The server wants to know who is there; why is empty where it has not been told yet. */
  | { kind: 'unauthenticated'; why: string; expired: boolean }
  /** Trying again the same way is of no use. */
  | { kind: 'forbidden' | 'refused'; why: string };

/** How long the rows of the filter before may stay while the first ones of the new come. */
const SWAP_AFTER = 400;
/** How long a connection must have lasted for the next loss to be a new one, in milliseconds. */
const STEADY = 5_000;

/**
 * One visit: one WebSocket (and its successors where it is lost), the filter that the
 * reader wants, the filter that is in force, and the view of what came. It knows nothing
 * of how things are drawn; whoever draws is called after each change.
 */
export class Session {
  link: LinkState = { kind: 'connecting' };
  wanted = '';
  mistake: Mistake | undefined;
  readonly meter = new Meter();
  view: View | undefined;
  /** The view of the filter in force while it is not shown yet. */
  private next: View | undefined;
  private swapTimer = 0;

  private connection: Link | undefined;
  /** The queries sent on this connection: the n-th has revision n. */
  private sent: string[] = [];
  /** Every matching entry up to here has come. */
  private cursor: string | undefined;
  private attempt = 0;
  /** Whether the server has said that the credential of this connection no longer holds. */
  private expired = false;
  private openedAt = 0;
  private retryTimer = 0;
  private lostAt = 0;
  /** What the divider says once the stream goes on. */
  private returning: { note: string; gap: LocalGap | undefined } | undefined;
  /** Whether the next filter in force begins a view of its own, whatever it is. */
  private afresh = false;
  /** What the reader has chosen to leave out, until the filter that leaves it out is in force. */
  private skipping: LocalGap | undefined;

  /** Whether new views begin held: the reader has paused. */
  paused = false;

  constructor(private readonly changed: () => void) {}

  /** The view that entries go to. */
  get current(): View | undefined {
    return this.next ?? this.view;
  }

  start(query: string): void {
    this.wanted = query;
    this.connect();
  }

  /** Replaces the filter, on the stream that runs. */
  filter(query: string): void {
    if (query === this.wanted && !this.mistake) return;
    this.wanted = query;
    this.mistake = undefined;
    if (this.link.kind === 'open') this.send(query);
    else if (this.link.kind === 'refused') this.retry();
    this.changed();
  }

  /** Tries at once to come back. */
  retry(): void {
    clearTimeout(this.retryTimer);
    this.connect();
  }

  authenticate(token: string): void {
    credential.set(token);
    this.retry();
  }

  /** Leaves out what the stream still owes, and goes on with what comes now. */
  skipToLive(): void {
    if (this.link.kind !== 'open' || !this.current) return;
    const behind = this.meter.counters.behind;
    this.skipping = openGap({ reason: 'AWAY', entries: behind, missed: behind, from: this.cursor });
    this.sent.push(this.current.query);
    this.connection?.send({ query: this.current.query, last: 0, notices: true });
  }

  stop(): void {
    clearTimeout(this.retryTimer);
    clearTimeout(this.swapTimer);
    this.connection?.close();
    this.current?.close();
  }

  // --- The connection -------------------------------------------------------

  private connect(): void {
    this.connection?.close();
    this.link = { kind: 'connecting' };
    this.expired = false;
    this.sent = [];
    const url = address('logs/monitor');
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    this.connection = new Link(url, credential.get(), {
      opened: () => this.opened(),
      frames: (frames) => this.take(frames),
      ended: (end) => void this.ended(end),
    });
    this.changed();
  }

  private opened(): void {
    this.link = { kind: 'open' };
    this.openedAt = Date.now();
    this.meter.opened();
    // The filter that is known to be right comes first: a first filter that is wrong would
    // end the stream, with nothing to fall back on.
    const inForce = this.current?.query;
    if (inForce === undefined) this.send(this.wanted);
    else {
      this.sent.push(inForce);
      this.connection!.send({ query: inForce, notices: true, ...(this.cursor && { after_cursor: this.cursor }) });
      if (this.wanted !== inForce && !this.mistake) this.send(this.wanted);
    }
    this.changed();
  }

  private send(query: string): void {
    this.sent.push(query);
    this.connection?.send({ query, notices: true });
  }

  private async ended(end: End): Promise<void> {
    if (this.lostAt === 0) this.lostAt = Date.now();
    if (end.opened && Date.now() - this.openedAt > STEADY) this.attempt = 0;
    const ours = this.connection;
    const verdict = await verdictOf(end);
    if (this.connection !== ours) return; // tried again meanwhile
    if (this.stops(verdict, end)) return this.changed();
    const wait = backOff(this.attempt++);
    this.link = { kind: 'waiting', at: Date.now() + wait, why: why(verdict) };
    this.retryTimer = window.setTimeout(() => this.connect(), wait);
    this.changed();
  }

  /** Whether an end asks for something else than coming back. */
  private stops({ code, message }: Verdict, end: End): boolean {
    switch (code) {
      case 4401:
        // Nothing was wrong yet if nothing was shown.
        this.link = { kind: 'unauthenticated', why: credential.get() === '' ? '' : message, expired: this.expired };
        credential.set('');
        return true;
      case 4403:
        this.link = { kind: 'forbidden', why: message };
        return true;
      case 4400:
        return this.badFilter(end.error, message);
      case 4412:
      case 4416:
        this.lostPlace(code);
        return false;
      default:
        return false;
    }
  }

  /** A first filter was refused. Where it was the resumed one, its cursor is to blame. */
  private badFilter(status: Status | undefined, message: string): boolean {
    if (this.current && this.cursor !== undefined) {
      if (reasonIn(status) === 'CURSOR_OF_ANOTHER_SCOPE') this.anotherReader();
      else this.lostPlace(4412);
      return false;
    }
    this.mistake = mistakeOf(this.wanted, refusalIn(status) ?? { message });
    this.link = { kind: 'refused', why: message };
    return true;
  }

  /** Whoever reads now may read something else: what was shown is not theirs, and does not go on. */
  private anotherReader(): void {
    this.afresh = true;
    this.cursor = undefined;
    this.returning = undefined;
  }

  /** The server cannot go on behind our cursor: the log goes on, with a gap. */
  private lostPlace(code: number): void {
    const another = code === 4412;
    this.returning ??= {
      note: another ? 'The server has another log now; what is above is of the one before.' : '',
      gap: another ? undefined : openGap({ reason: 'RETENTION', from: this.cursor }),
    };
    this.cursor = undefined;
  }

  // --- What comes -----------------------------------------------------------

  private take(frames: Frame[]): void {
    let rows: Row[] = [];
    const flush = (): void => {
      if (rows.length > 0) this.current?.live(rows);
      rows = [];
    };
    let entries = 0;
    for (const { result } of frames) {
      if (!result) continue;
      if (result.notice) {
        flush();
        this.notice(result);
        continue;
      }
      entries++;
      if (result.observed_timestamp) this.meter.observed = result.observed_timestamp;
      if (result.cursor) this.cursor = result.cursor;
      rows.push(Row.ofEntry(result));
    }
    flush();
    this.meter.received(entries);
    this.changed();
  }

  private notice(word: LogEntry): void {
    const notice = word.notice!;
    if (notice.applied) this.applied(notice.applied.revision ?? 0, notice.applied.cursor, notice.applied.query ?? '');
    else if (notice.caught_up?.cursor) this.cursor = notice.caught_up.cursor;
    else if (notice.progress) this.progress(notice.progress);
    else if (notice.rejected) this.rejected(notice.rejected);
    else if (notice.gap) this.gap(notice.gap);
    else if (notice.goodbye) this.goodbye(notice.goodbye);
  }

  private applied(revision: number, cursor: string | undefined, canonical: string): void {
    const query = this.sent[revision - 1] ?? '';
    if (cursor) this.cursor = cursor;
    if (this.current?.query === query && !this.afresh) this.goesOn(cursor);
    else this.replace(new View(query, canonical, revision, cursor, this.changed));
    this.lostAt = 0;
    if (query === this.wanted) this.mistake = undefined;
  }

  /** The same filter is in force again, behind a cursor: after a loss, or after a skip. */
  private goesOn(cursor: string | undefined): void {
    const log = this.current!.log;
    const gap = this.skipping ?? this.returning?.gap;
    if (gap) {
      gap.to = cursor;
      this.meter.missed(gap.missed);
      log.append([Row.ofMark({ kind: 'gap', gap }, Date.now())]);
    }
    if (this.lostAt > 0) {
      const away = Date.now() - this.lostAt;
      const note = this.returning?.note ?? '';
      log.append([Row.ofMark({ kind: 'reconnect', at: Date.now(), away, note }, Date.now())]);
    }
    this.skipping = undefined;
    this.returning = undefined;
  }

  /**
   * Prepares the view of a new filter. It takes the place of the old one as soon as it has
   * something to show: a screen that is empty for a moment at each key is a screen that
   * flickers.
   */
  private replace(view: View): void {
    this.next?.close();
    this.next = view;
    this.afresh = false;
    this.returning = undefined;
    this.skipping = undefined;
    if (this.paused) view.log.hold();
    const at = Date.now();
    view.log.append([Row.ofMark({ kind: 'live', at, query: view.canonical, revision: view.revision }, at)]);
    clearTimeout(this.swapTimer);
    this.swapTimer = window.setTimeout(() => this.swap(view), SWAP_AFTER);
    // What the filter matched before it was in force.
    void view.older(() => this.swap(view));
  }

  private swap(view: View): void {
    if (this.next !== view) return;
    clearTimeout(this.swapTimer);
    this.view?.close();
    this.view = view;
    this.next = undefined;
    // The reader may have paused, or gone on, since it began.
    if (this.paused) view.log.hold();
    else view.log.release();
    this.changed();
  }

  private progress(p: Progress): void {
    if (p.cursor) this.cursor = p.cursor;
    this.meter.progress(p);
  }

  private rejected(r: Rejected): void {
    const query = this.sent[(r.revision ?? 0) - 1];
    // Only the newest matters: an overtaken one has an answer of its own on the way.
    if (r.reason === 'SUPERSEDED' || query !== this.wanted) return;
    this.mistake = mistakeOf(query, r);
  }

  private goodbye(g: Goodbye): void {
    if (g.cursor) this.cursor = g.cursor;
    this.expired = g.reason === 'CREDENTIAL_EXPIRED';
  }

  private gap(gap: Gap): void {
    this.meter.missed(Number(gap.entries ?? 0));
    this.current?.log.append([Row.ofMark({ kind: 'gap', gap: toldGap(gap) }, Date.now())]);
    if (gap.to_cursor) this.cursor = gap.to_cursor;
  }

  /** Fetches what is still retained of a gap. */
  async fill(row: Row): Promise<void> {
    if (this.view) await fill(this.view, this.meter, row, this.changed);
  }
}

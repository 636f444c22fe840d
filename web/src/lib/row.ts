import type { Gap, GapReason, LogEntry } from './contract';

/** What a divider between entries says. */
export type Mark =
  | { kind: 'live'; at: number; query: string; revision: number }
  | { kind: 'reconnect'; at: number; away: number; note: string }
  | { kind: 'gap'; gap: LocalGap };

/**
 * A range of entries that are not shown. OVERFLOW is the page's own: it keeps a bounded
 * number of entries while the view is held, and the rest stays on the server.
 */
export interface LocalGap {
  reason: GapReason | 'OVERFLOW' | 'AWAY';
  /** How many entries; undefined where the server could not tell. */
  entries: number | undefined;
  /** How many of them count as missed. */
  missed: number;
  /** The cursor behind which the range begins; undefined: at the beginning of what is retained. */
  from: string | undefined;
  /** The cursor of its last entry; undefined: it ends before the next entry that is here. */
  to: string | undefined;
  /** Whether its beginning is no longer retained. */
  cut: boolean;
  state: 'open' | 'fetching' | 'nothing' | 'failed';
  note: string;
}

/** A gap that can still be asked for. */
export function openGap(gap: Pick<LocalGap, 'reason'> & Partial<LocalGap>): LocalGap {
  return { entries: undefined, missed: 0, from: undefined, to: undefined, cut: false, state: 'open', note: '', ...gap };
}

/**
 * One line of the view: an entry, or a divider. Rows are plain and of one shape: there are
 * tens of thousands of them, and nothing watches them.
 */
export class Row {
  /** When it happened, in milliseconds, by the clock of the source. */
  readonly ms: number;
  /** About how much memory its text takes, in bytes. */
  readonly weight: number;

  private constructor(
    readonly entry: LogEntry | undefined,
    readonly mark: Mark | undefined,
    ms: number,
    weight: number,
  ) {
    this.ms = ms;
    this.weight = weight;
  }

  static ofEntry(entry: LogEntry): Row {
    const stamp = entry.timestamp ?? entry.observed_timestamp;
    return new Row(entry, undefined, stamp === undefined ? 0 : Date.parse(stamp), weigh(entry));
  }

  static ofMark(mark: Mark, ms: number): Row {
    return new Row(undefined, mark, ms, MARK_WEIGHT);
  }

  get cursor(): string | undefined {
    return this.entry?.cursor;
  }
}

/** A divider's objects, about. */
const MARK_WEIGHT = 500;
/** The objects and the short strings of an entry, about, as measured in Chromium. */
const ENTRY_WEIGHT = 600;

function weigh(e: LogEntry): number {
  let n = ENTRY_WEIGHT + (e.message?.length ?? 0) * 2;
  if (e.attributes) for (const k in e.attributes) n += 64 + (e.attributes[k]?.length ?? 0) * 2;
  return n;
}

/** The gap that a notice tells. */
export function toldGap(gap: Gap): LocalGap {
  const entries = Number(gap.entries ?? 0);
  return openGap({
    reason: gap.reason ?? 'RETENTION',
    entries,
    missed: entries,
    from: gap.from_cursor,
    to: gap.to_cursor,
  });
}

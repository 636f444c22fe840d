import { describe, expect, it } from 'vitest';
import { Log } from '../src/lib/log';
import { openGap, Row } from '../src/lib/row';

const entry = (n: number, message = `m${n}`): Row => Row.ofEntry({ cursor: `c${n}`, message, timestamp: '2026-01-01T00:00:00Z' });
const rows = (from: number, to: number): Row[] => Array.from({ length: to - from + 1 }, (_, i) => entry(from + i));

/** The view as text: cursors, and gaps with their number of entries. */
function text(log: Log): string {
  const out: string[] = [];
  for (let n = log.first; n < log.first + log.length; n++) {
    const row = log.row(n)!;
    const gap = row.mark?.kind === 'gap' ? row.mark.gap : undefined;
    out.push(gap ? `[${gap.entries} ${gap.from}..${gap.to}]` : row.cursor!);
  }
  return out.join(' ');
}

describe('Log', () => {
  it('drops the oldest beyond its capacity, and keeps the numbers of the others', () => {
    const log = new Log({ rows: 4, waiting: 4, bytes: 1e9 });
    log.append(rows(1, 6));
    expect(text(log)).toBe('c3 c4 c5 c6');
    expect(log.first).toBe(2);
    expect(log.row(2)!.cursor).toBe('c3');
    expect(log.row(1)).toBeUndefined();
  });

  it('shows nothing new while it is held, and loses nothing', () => {
    const log = new Log({ rows: 10, waiting: 10, bytes: 1e9 });
    log.append(rows(1, 2));
    log.hold();
    log.append(rows(3, 5));
    expect([text(log), log.waiting]).toEqual(['c1 c2', 3]);
    log.release();
    expect([text(log), log.waiting]).toEqual(['c1 c2 c3 c4 c5', 0]);
  });

  it('leaves out the middle when more waits than is kept, and says which', () => {
    const log = new Log({ rows: 10, waiting: 3, bytes: 1e9 });
    log.append(rows(1, 2));
    log.hold();
    log.append(rows(3, 9));
    expect(log.waiting).toBe(7);
    log.release();
    expect(text(log)).toBe('c1 c2 [4 c2..c6] c7 c8 c9');
  });

  it('cuts off new rows when old ones are fetched, and counts them among those that wait', () => {
    const log = new Log({ rows: 4, waiting: 9, bytes: 1e9 });
    log.append(rows(5, 8));
    log.hold();
    log.append(rows(9, 9));
    log.prepend([entry(4), entry(3)]);
    expect([text(log), log.first, log.waiting]).toEqual(['c3 c4 c5 c6', -2, 3]);
    log.release();
    expect(text(log)).toBe('c5 c6 [2 c6..c8] c9');
  });

  it('keeps to its budget of bytes at the end where the reader is not', () => {
    const long = 'x'.repeat(10_000); // 20,600 bytes by the log's own count
    const log = new Log({ rows: 100, waiting: 100, bytes: 65_000 });
    log.append([1, 2, 3, 4].map((n) => entry(n, long)));
    expect(text(log)).toBe('c2 c3 c4');
    log.hold();
    log.append([5, 6].map((n) => entry(n, long)));
    expect(text(log)).toBe('c2 c3');
    expect(log.waiting).toBe(3);
    log.release();
    expect(text(log)).toBe('c2 c3 [2 c3..c5] c6');
  });

  it('inserts and removes between rows', () => {
    const log = new Log({ rows: 10, waiting: 4, bytes: 1e9 });
    log.append(rows(1, 2));
    const mark = Row.ofMark({ kind: 'gap', gap: openGap({ reason: 'AWAY', entries: 2, from: 'c2', to: 'c4' }) }, 0);
    log.append([mark, ...rows(5, 6)]);
    log.insert(log.numberOf(mark)!, rows(3, 4));
    log.remove(mark);
    expect(text(log)).toBe('c1 c2 c3 c4 c5 c6');
    expect(log.cursorFrom(2)).toBe('c3');
  });
});

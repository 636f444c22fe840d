import { describe, expect, it } from 'vitest';
import { ApiError, type PageRequest } from '../src/lib/api';
import type { LogEntry, Page } from '../src/lib/contract';
import { fill } from '../src/lib/gaps';
import { Meter } from '../src/lib/meter';
import { Row, toldGap } from '../src/lib/row';
import { View } from '../src/lib/view';

const entry = (n: number): LogEntry => ({ cursor: `c${n}`, message: `m${n}`, timestamp: '2026-01-01T00:00:00Z' });

/** A view of the entries 1 and 9, and a gap of the seven between them. */
function gapped() {
  const view = new View('', '', 1, undefined, () => {});
  const meter = new Meter();
  const row = Row.ofMark({ kind: 'gap', gap: toldGap({ from_cursor: 'c1', to_cursor: 'c8', entries: '7', reason: 'RATE_LIMIT' }) }, 0);
  meter.missed(7);
  view.log.append([Row.ofEntry(entry(1)), row, Row.ofEntry(entry(9))]);
  const shown = (): (string | undefined)[] =>
    Array.from({ length: view.log.length }, (_, i) => view.log.row(view.log.first + i)?.cursor);
  return { view, meter, row, shown, fetch: (...pages: (Page | Error)[]) => fill(view, meter, row, () => {}, lister(pages)) };
}

function lister(pages: (Page | Error)[]) {
  return async (_: PageRequest): Promise<Page> => {
    const next = pages.shift()!;
    if (next instanceof Error) throw next;
    return next;
  };
}

const tooOld = new ApiError(400, { message: 'gone', details: [{ reason: 'CURSOR_TOO_OLD' }] });

describe('fill', () => {
  it('closes a gap page by page, and counts down what was missed', async () => {
    const { row, shown, meter, fetch } = gapped();
    await fetch({ entries: [entry(2), entry(3)], next_page_token: 't' });
    expect(shown()).toEqual(['c1', 'c2', 'c3', undefined, 'c9']);
    expect([meter.counters.missed, row.mark?.kind === 'gap' && row.mark.gap.entries]).toEqual([5, 5]);
    await fetch({ entries: [entry(8)] });
    expect(shown()).toEqual(['c1', 'c2', 'c3', 'c8', 'c9']);
    expect(meter.counters.missed).toBe(0);
  });

  it('keeps counting what is gone for good', async () => {
    const { shown, meter, fetch, row } = gapped();
    await fetch(tooOld, { entries: [entry(7), entry(8)] });
    expect(shown()).toEqual(['c1', undefined, 'c7', 'c8', 'c9']);
    expect([meter.counters.missed, row.mark?.kind === 'gap' && row.mark.gap.state]).toEqual([5, 'nothing']);
  });

  it('shows what the server could not read as a gap of its own', async () => {
    const { view, meter, fetch } = gapped();
    await fetch({ entries: [entry(2)], gaps: [{ from_cursor: 'c2', to_cursor: 'c8', entries: '6', reason: 'DAMAGE' }] });
    const mark = view.log.row(view.log.first + 2)?.mark;
    expect([mark?.kind === 'gap' && mark.gap.reason, meter.counters.missed]).toEqual(['DAMAGE', 6]);
  });

  it('says why a gap cannot be fetched, and changes nothing', async () => {
    const { row, meter, fetch, shown } = gapped();
    await fetch(new TypeError('no'));
    expect(shown()).toEqual(['c1', undefined, 'c9']);
    expect([meter.counters.missed, row.mark?.kind === 'gap' && row.mark.gap.note]).toEqual([7, 'the server cannot be reached']);
  });
});

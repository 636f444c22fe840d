import { ApiError, list, sentence } from './api';
import type { Page } from './contract';
import type { Meter } from './meter';
import { Row, toldGap, type LocalGap } from './row';
import type { View } from './view';

/** How many entries of a gap are fetched at a time. */
const PAGE = 1000;

/**
 * Fetches a page of what is still retained of a gap and puts it in its place. The gap
 * shrinks from its beginning and leaves the view when it is closed; what it held no longer
 * counts as missed then, but for what the server could not read either.
 */
export async function fill(view: View, meter: Meter, row: Row, changed: () => void, lister = list): Promise<void> {
  if (row.mark?.kind !== 'gap' || row.mark.gap.state === 'fetching') return;
  const gap = row.mark.gap;
  const tell = (): void => {
    view.log.version++;
    changed();
  };
  gap.state = 'fetching';
  tell();
  try {
    put(view, meter, row, gap, await fetchPage(view, row, gap, lister));
  } catch (error) {
    gap.state = 'failed';
    gap.note = sentence(error);
  }
  tell();
}

async function fetchPage(view: View, row: Row, gap: LocalGap, lister: typeof list): Promise<Page> {
  const place = view.log.numberOf(row);
  const request = {
    query: view.query,
    order: 'OLDEST_FIRST',
    page_size: PAGE,
    until_cursor: gap.to,
    before_cursor: place === undefined ? undefined : view.log.cursorFrom(place + 1),
  } as const;
  try {
    return await lister({ ...request, after_cursor: gap.from });
  } catch (error) {
    if (!(error instanceof ApiError) || error.reason !== 'CURSOR_TOO_OLD') throw error;
    gap.cut = true;
    return lister(request);
  }
}

function put(view: View, meter: Meter, row: Row, gap: LocalGap, page: Page): void {
  const at = view.log.numberOf(row);
  if (at === undefined) return; // it has left the view meanwhile
  const rows = (page.entries ?? []).map((e) => Row.ofEntry(e));
  const unread = (page.gaps ?? []).map(toldGap);
  const behind = unread.map((g) => Row.ofMark({ kind: 'gap', gap: g }, row.ms));
  gap.from = rows.at(-1)?.cursor ?? gap.from;
  const more = page.next_page_token !== undefined && page.next_page_token !== '';
  // What is gone for good stands before what is left; it stays, and stays missed.
  view.log.insert(gap.cut && !more ? at + 1 : at, [...rows, ...behind]);
  const found = more || gap.cut ? Math.min(gap.missed, rows.length) : gap.missed;
  gap.missed -= found;
  meter.missed(unread.reduce((sum, g) => sum + g.missed, -found));
  if (gap.entries !== undefined) gap.entries = Math.max(0, gap.entries - rows.length);
  if (more) gap.state = 'open';
  else if (gap.cut) close(gap, 'the beginning of it is no longer retained');
  else if (rows.length > 0) view.log.remove(row);
  else close(gap, 'nothing of it matches');
}

function close(gap: LocalGap, note: string): void {
  gap.state = 'nothing';
  gap.note = note;
}

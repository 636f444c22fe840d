import { list, sentence, type ApiError } from './api';
import { Row, type LocalGap } from './row';
import type { View } from './view';

/** How many entries of a gap are fetched at a time. */
const PAGE = 1000;

/**
 * Fetches a page of what is still retained of a gap and puts it in its place. The gap
 * shrinks from its beginning, and leaves the view when it is closed.
 */
export async function fill(view: View, row: Row, changed: () => void): Promise<void> {
  if (row.mark?.kind !== 'gap' || row.mark.gap.state === 'fetching') return;
  const gap = row.mark.gap;
  const tell = (): void => {
    view.log.version++;
    changed();
  };
  gap.state = 'fetching';
  tell();
  try {
    await fetchInto(view, row, gap);
  } catch (error) {
    gap.state = 'failed';
    gap.note = sentence(error);
  }
  tell();
}

async function fetchInto(view: View, row: Row, gap: LocalGap): Promise<void> {
  const place = view.log.numberOf(row);
  if (place === undefined) return;
  const before = view.log.cursorFrom(place + 1) ?? gap.to;
  const request = { query: view.query, order: 'OLDEST_FIRST', page_size: PAGE } as const;
  const page = await list({ ...request, after_cursor: gap.from, before_cursor: before }).catch((error: ApiError) => {
    // What is behind the cursor is gone: take what is left of it.
    if (error.http === 400 || error.http === 416) return list({ ...request, before_cursor: before });
    throw error;
  });
  const at = view.log.numberOf(row); // rows may have gone in front meanwhile
  if (at === undefined) return;
  const rows = (page.entries ?? []).map((e) => Row.ofEntry(e));
  view.log.insert(at, rows);
  gap.from = rows.at(-1)?.cursor ?? gap.from;
  if (gap.entries !== undefined) gap.entries = Math.max(0, gap.entries - rows.length);
  if (page.next_page_token) gap.state = 'open';
  else if (rows.length > 0) view.log.remove(row);
  else {
    gap.state = 'nothing';
    gap.note = 'nothing of it that matches is retained';
  }
}

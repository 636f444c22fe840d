import { describe, expect, it } from 'vitest';
import type { PageRequest } from '../src/lib/api';
import type { LogEntry, Page } from '../src/lib/contract';
import { MAX_ROWS } from '../src/lib/log';
import { Row } from '../src/lib/row';
import { PAGE_SIZE, View } from '../src/lib/view';

const entry = (n: number): LogEntry => ({ cursor: `c${n}`, message: `m${n}`, timestamp: '2026-01-01T00:00:00Z' });
const number = (cursor: string): number => Number(cursor.slice(1));

/** A server that retains the entries 1 to head, and answers as the real one does. */
class Store {
  head = 0;
  readonly requests: PageRequest[] = [];

  list = async (r: PageRequest): Promise<Page> => {
    this.requests.push(r);
    const below = r.page_token
      ? number(r.page_token)
      : r.before_cursor
        ? number(r.before_cursor) - 1
        : r.until_cursor
          ? number(r.until_cursor)
          : this.head;
    const entries: LogEntry[] = [];
    for (let n = below; n > Math.max(0, below - PAGE_SIZE); n--) entries.push(entry(n));
    const rest = below - entries.length;
    return rest > 0 ? { entries, next_page_token: `c${rest}` } : { entries };
  };
}

function numbers(view: View): number[] {
  const out: number[] = [];
  for (let n = view.log.first; n < view.log.first + view.log.length; n++) out.push(number(view.log.row(n)!.cursor!));
  return out;
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const live = (view: View, from: number, to: number): void => view.live(range(from, to).map((n) => Row.ofEntry(entry(n))));

describe('View', () => {
  it('joins the past and the stream with nothing twice and nothing missing, whichever comes first', async () => {
    for (const early of [0, 1, 3, 10 * PAGE_SIZE]) {
      const store = new Store();
      store.head = 20 + early;
      const view = new View('', '', 1, 'c20', () => {}, store.list); // in force behind 20
      const past = view.older();
      live(view, 21, 20 + early);
      await past;
      live(view, 21 + early, 30 + early);
      expect(numbers(view)).toEqual(range(1, 30 + early));
      expect(view.past).toBe('end');
    }
  });

  it('leaves out a page that is no longer next to the oldest row', async () => {
    const store = new Store();
    store.head = 20;
    const view = new View('', '', 1, 'c20', () => {}, async (r) => {
      if (store.requests.length === 0) live(view, 21, MAX_ROWS + 21); // 21 falls out while the page is on its way
      return store.list(r);
    });
    await view.older();
    expect([numbers(view)[0], view.past]).toEqual([22, 'idle']);
    view.log.hold();
    await view.older();
    expect(numbers(view).slice(0, 3)).toEqual([1, 2, 3]);
  });

  it('goes on by the token of the last page', async () => {
    const store = new Store();
    store.head = 2 * PAGE_SIZE + 5;
    const view = new View('q', 'q', 1, undefined, () => {}, store.list);
    await view.older();
    expect(view.past).toBe('idle');
    await view.older();
    await view.older();
    expect(numbers(view)).toEqual(range(1, store.head));
    expect(store.requests.map((r) => r.page_token)).toEqual([undefined, `c${PAGE_SIZE + 5}`, 'c5']);
  });

  it('fetches again what has fallen out at the front', async () => {
    const store = new Store();
    const view = new View('', '', 1, undefined, () => {}, store.list);
    await view.older();
    expect(view.past).toBe('end');
    store.head = MAX_ROWS + 10;
    live(view, 1, store.head);
    expect([view.past, numbers(view)[0]]).toEqual(['idle', 11]);
    view.log.hold();
    await view.older();
    expect([view.past, numbers(view)[0]]).toEqual(['end', 1]);
    expect(view.log.waiting).toBe(10); // cut off at the end, to make room
  });

  it('says that the past cannot be read, and reads it when asked again', async () => {
    const store = new Store();
    store.head = 3;
    let broken = true;
    const view = new View('', '', 1, undefined, () => {}, (r) => (broken ? Promise.reject(new TypeError('no')) : store.list(r)));
    await view.older();
    expect([view.past, view.historyError]).toEqual(['failed', 'the server cannot be reached']);
    broken = false;
    await view.older();
    expect(numbers(view)).toEqual([1, 2, 3]);
  });

  it('stops searching after some pages with nothing in them', async () => {
    let pages = 0;
    const view = new View('', '', 1, undefined, () => {}, async () => ({ entries: [], next_page_token: `t${++pages}` }));
    await view.older();
    expect([view.past, pages]).toEqual(['paused', 3]);
  });
});

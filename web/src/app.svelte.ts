import type { Fields, LogEntry } from './lib/contract';
import { aborted, fields as fetchFields } from './lib/api';
import { beginsName, highlighter, toggle } from './lib/query';
import type { Row } from './lib/row';
import type { Mistake } from './lib/ending';
import { zero, type Counters } from './lib/meter';
import { Session, type LinkState } from './lib/session';
import type { HistoryState, View } from './lib/view';
import { Hold } from './list/hold';
import type { List } from './list/list';

/** How long the fingers must rest before a filter is sent. */
const DEBOUNCE = 140;
/** And where the last word may become the name of a field: as a word it would match next to nothing. */
const DEBOUNCE_NAME = 700;
/** How many values of a field are listed beside the stream. */
const FACET_VALUES = 6;
/** How often the facets are counted anew while they are seen. */
const FACET_INTERVAL = 10_000;

export interface ValueMenu {
  field: string;
  value: string;
  x: number;
  y: number;
}

/**
 * What the page shows and what the reader can do. The session and the list do the work at
 * full speed, and tell this; its fields change at most once a frame of the screen.
 */
export class App {
  query = $state('');
  link = $state.raw<LinkState>({ kind: 'connecting' });
  mistake = $state.raw<Mistake | undefined>();
  counters = $state.raw<Counters>(zero);
  view = $state.raw<View | undefined>();
  rows = $state(0);
  waiting = $state(0);
  held = $state(false);
  paused = $state(false);
  /** Whether the reader has scrolled away from the end. */
  scrolled = $state(false);
  history = $state<HistoryState>('idle');
  detail = $state.raw<LogEntry | undefined>();
  menu = $state.raw<ValueMenu | undefined>();
  help = $state(false);
  facetsOpen = $state(matchMedia('(min-width: 1100px)').matches);
  facets = $state.raw<Fields>({});

  readonly hold = new Hold((held) => this.holding(held));
  readonly session = new Session(() => this.schedule());
  list: List | undefined;
  focusFilter: () => void = () => {};

  private scheduled = false;
  private debounce = 0;
  private facetTimer = 0;
  private facetQuery: string | undefined;
  private facetAbort = new AbortController();

  start(): void {
    this.query = queryOfAddress();
    this.session.start(this.query.trim());
    if (this.query !== '') document.title = `${this.query} · logsieve`;
    addEventListener('popstate', () => this.setQuery(queryOfAddress(), 'address'));
    addEventListener('online', () => this.session.link.kind === 'waiting' && this.session.retry());
    setInterval(() => {
      this.session.meter.measure();
      this.schedule();
    }, 500);
    this.facetTimer = window.setInterval(() => void this.countFields(), FACET_INTERVAL);
  }

  stop(): void {
    clearInterval(this.facetTimer);
    this.session.stop();
  }

  // --- The filter ---------------------------------------------------------------

  /** Takes what was typed; it is sent when the fingers rest. */
  type(query: string): void {
    this.query = query;
    clearTimeout(this.debounce);
    this.debounce = window.setTimeout(() => this.send('replace'), beginsName(query) ? DEBOUNCE_NAME : DEBOUNCE);
  }

  /** Sends what was typed at once. */
  submit(): void {
    this.send('push');
  }

  /** Sets the filter from elsewhere than the box. */
  setQuery(query: string, how: 'push' | 'address' = 'push'): void {
    this.query = query;
    this.send(how);
  }

  /** Adds a condition to the filter, or takes it out. */
  toggle(term: string, exclude: boolean): void {
    this.menu = undefined;
    this.setQuery(toggle(this.query, term, exclude));
  }

  private send(how: 'push' | 'replace' | 'address'): void {
    clearTimeout(this.debounce);
    const query = this.query.trim();
    this.session.filter(query);
    document.title = query === '' ? 'logsieve' : `${query} · logsieve`;
    if (how !== 'address') writeAddress(query, how);
  }

  // --- The view -----------------------------------------------------------------

  togglePause(): void {
    this.hold.set('pause', !this.hold.has('pause'));
    if (!this.hold.has('pause')) this.end();
  }

  /** Goes to the newest entry and follows. */
  end(): void {
    this.hold.clear();
    this.list?.end();
  }

  open(row: Row): void {
    if (!row.entry) return;
    this.select(row);
    this.hold.set('read', true);
    this.detail = row.entry;
  }

  show(entry: LogEntry): void {
    this.detail = entry;
  }

  closeDetail(): void {
    this.detail = undefined;
    this.select(undefined);
    this.hold.set('read', false);
    this.list?.focus();
  }

  select(row: Row | undefined): void {
    if (!this.list) return;
    this.list.selected = row;
    if (this.detail && row?.entry) this.detail = row.entry;
    this.list.repaint();
  }

  searchOn(): void {
    void this.view?.older();
  }

  private holding(held: boolean): void {
    this.held = held;
    this.paused = this.hold.has('pause');
    this.scrolled = this.hold.has('scroll');
    this.session.paused = this.paused;
    const log = this.session.view?.log;
    if (held) log?.hold();
    else log?.release();
    this.schedule();
  }

  // --- What the session tells -----------------------------------------------------

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    const run = (): void => {
      this.scheduled = false;
      this.update();
    };
    if (document.hidden) setTimeout(run, 200);
    else requestAnimationFrame(run);
  }

  private update(): void {
    const s = this.session;
    this.link = s.link;
    this.mistake = s.mistake;
    this.counters = { ...s.meter.counters };
    if (s.view && s.view !== this.view) this.change(s.view);
    this.rows = s.view?.log.length ?? 0;
    this.waiting = s.view?.log.waiting ?? 0;
    this.history = s.view?.past ?? 'idle';
    this.paused = this.hold.has('pause');
    this.scrolled = this.hold.has('scroll');
    this.list?.refresh();
  }

  private change(view: View): void {
    this.view = view;
    this.menu = undefined;
    for (const reason of ['scroll', 'select', 'read'] as const) this.hold.set(reason, false);
    if (this.list) {
      this.list.view = view;
      this.list.look = { ...this.list.look, highlight: highlighter(view.query) };
      this.list.selected = undefined;
      this.list.repaint();
    }
    void this.countFields();
  }

  private sortAttributes(): void {
    if (!this.list || this.hold.held || this.view?.query !== '') return;
    const constant = constants(this.facets);
    if (constant.size === this.list.look.constant.size) return;
    this.list.look = { ...this.list.look, constant };
    this.list.repaint();
  }

  /** Counts the fields of what matches, while somebody looks. */
  async countFields(): Promise<void> {
    // Once also when nobody looks: it tells which attributes are the same everywhere.
    const wanted = this.facetsOpen || this.facetQuery === undefined;
    if (!wanted || document.hidden || !this.view || this.link.kind !== 'open') return;
    this.facetAbort.abort();
    this.facetAbort = new AbortController();
    const query = this.view.query;
    try {
      this.facets = await fetchFields({ query, values: FACET_VALUES }, this.facetAbort.signal);
      this.facetQuery = query;
      this.sortAttributes();
    } catch (error) {
      // Facets are an aid: without them the stream goes on, and the next count is soon.
      if (!aborted(error) && this.facetQuery !== query) this.facets = {};
    }
  }
}

/** Attributes that have one value in nearly every entry. */
function constants(f: Fields): ReadonlySet<string> {
  const all = f.entries ?? 0;
  return new Set(
    (f.fields ?? [])
      .filter((x) => x.distinct === 1 && (x.entries ?? 0) > all * 0.9 && x.name.startsWith('attributes.'))
      .map((x) => x.name.slice('attributes.'.length)),
  );
}

function queryOfAddress(): string {
  return new URLSearchParams(location.search).get('q') ?? '';
}

function writeAddress(query: string, how: 'push' | 'replace'): void {
  const url = new URL(location.href);
  if (query === '') url.searchParams.delete('q');
  else url.searchParams.set('q', query);
  if (url.href === location.href) return;
  if (how === 'push') history.pushState(null, '', url);
  else history.replaceState(null, '', url);
}

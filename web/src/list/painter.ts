import { clock, count, duration, entries, shortClock, visible } from '../lib/format';
import type { LogEntry, Severity } from '../lib/contract';
import type { LocalGap, Mark, Row } from '../lib/row';

/** How much of a message and how many attributes a row shows: more would not fit on any screen. */
const MESSAGE_SHOWN = 600;
const ATTRIBUTES_SHOWN = 12;
const VALUE_SHOWN = 120;

/** Attributes that say again what a column says. */
const repeated = new Set(['service.name', 'host.name']);

/** What depends on the reader's filter in how rows are drawn. */
export interface Look {
  /** What the filter looks for in the message. */
  highlight: RegExp | undefined;
  /** Attributes with one value in all recent entries: they come last, for they tell nothing apart. */
  constant: ReadonlySet<string>;
}

/**
 * The element of one line, used again and again for other rows. All text goes in as text
 * nodes: a log line is whatever somebody managed to get logged.
 */
export class Line {
  readonly element = element('div', 'row');
  private readonly time = cell('time');
  private readonly severity = cell('severity');
  private readonly service = cell('service');
  private readonly host = cell('host');
  private readonly text = cell('text');
  private shown: Row | undefined;
  private shape: 'entry' | 'mark' | undefined;

  constructor() {
    this.element.setAttribute('role', 'row');
  }

  /** The row that this line shows. */
  get row(): Row | undefined {
    return this.shown;
  }

  show(row: Row, look: Look): void {
    this.shown = row;
    if (row.entry) this.showEntry(row.entry, row.ms, look);
    else if (row.mark) this.showMark(row.mark);
  }

  private showEntry(e: LogEntry, ms: number, look: Look): void {
    if (this.shape !== 'entry') {
      this.element.replaceChildren(this.time, this.severity, this.service, this.host, this.text);
      this.shape = 'entry';
    }
    this.element.className = `row s-${(e.severity ?? 'none').toLowerCase()}`;
    put(this.time, clock(ms));
    put(this.severity, shortSeverity(e.severity));
    putValue(this.service, 'service', e.service ?? '');
    putValue(this.host, 'host', e.host ?? '');
    this.text.replaceChildren(...body(e, look));
  }

  private showMark(mark: Mark): void {
    this.shape = 'mark';
    this.element.className = `row mark mark-${mark.kind}${mark.kind === 'gap' ? ` gap-${mark.gap.state}` : ''}`;
    const line = element('span', 'mark-text');
    line.setAttribute('role', 'gridcell');
    line.append(...(mark.kind === 'live' ? liveMark(mark) : mark.kind === 'gap' ? gapMark(mark.gap) : backMark(mark)));
    this.element.replaceChildren(line);
  }
}

/** Five letters at most, so that the column stays narrow; the words are those of a query. */
export function shortSeverity(s: Severity | undefined): string {
  return s ?? '–';
}

function body(e: LogEntry, look: Look): Node[] {
  const message = element('span', 'message');
  mark(message, visible((e.message ?? '').slice(0, MESSAGE_SHOWN)), look.highlight);
  const out: Node[] = [message];
  if (!e.attributes) return out;
  let shown = 0;
  for (const last of [false, true]) {
    for (const key in e.attributes) {
      if (look.constant.has(key) !== last || repeated.has(key)) continue;
      if (++shown > ATTRIBUTES_SHOWN) return out;
      out.push(attribute(key, e.attributes[key]!));
    }
  }
  return out;
}

function attribute(key: string, value: string): HTMLElement {
  const pair = element('span', 'attribute');
  const name = element('span', 'key');
  name.textContent = visible(key.slice(0, VALUE_SHOWN));
  const text = element('span', 'value');
  text.textContent = visible(value.slice(0, VALUE_SHOWN));
  text.dataset.field = `attributes.${key}`;
  text.dataset.value = value;
  pair.append(name, text);
  return pair;
}

/** Puts a text into an element, with what matched marked. */
export function mark(into: HTMLElement, text: string, highlight: RegExp | undefined): void {
  if (!highlight) {
    into.textContent = text;
    return;
  }
  let from = 0;
  for (const match of text.matchAll(highlight)) {
    if (match[0] === '') continue;
    into.append(text.slice(from, match.index));
    const found = element('mark', '');
    found.textContent = match[0];
    into.append(found);
    from = match.index + match[0].length;
  }
  into.append(text.slice(from));
}

function liveMark(m: Extract<Mark, { kind: 'live' }>): Node[] {
  return [
    label(`Filter ${m.revision}`),
    code(m.query === '' ? 'everything' : m.query),
    note(`live from ${shortClock(m.at)}; above, what it matched before`),
  ];
}

function backMark(m: Extract<Mark, { kind: 'reconnect' }>): Node[] {
  const away = `after ${duration(m.away)}`;
  return [label('Connected again'), note(m.note === '' ? `${away}; the stream goes on where it was` : `${away}. ${m.note}`)];
}

const reasons: Record<LocalGap['reason'], string> = {
  RETENTION: 'the server removed them before they could be read',
  RATE_LIMIT: 'more matched than the limit of this stream',
  SKIPPED_TO_LIVE: 'this page was too slow and went on with what is new',
  DAMAGE: 'they are damaged on the server’s disk',
  OVERFLOW: 'more came than this page keeps while you read',
  AWAY: 'left out to go on live',
};

function gapMark(gap: LocalGap): Node[] {
  const n = gap.entries;
  const title = n === undefined ? 'Entries not shown' : n === 0 ? 'A gap' : `${entries(n)} not shown`;
  const out: Node[] = [label(title), note(reasons[gap.reason])];
  if (gap.state === 'fetching') out.push(note('fetching…'));
  else if (gap.state === 'nothing') out.push(note(gap.note));
  else {
    if (gap.note !== '') out.push(note(gap.note));
    const button = element('button', 'fetch');
    button.setAttribute('type', 'button');
    button.textContent = gap.state === 'failed' ? 'Try again' : n !== undefined && n > 1000 ? `Fetch the next ${count(1000)}` : 'Fetch them';
    out.push(button);
  }
  return out;
}

function label(text: string): HTMLElement {
  const b = element('b', '');
  b.textContent = text;
  return b;
}

function code(text: string): HTMLElement {
  const c = element('code', '');
  c.textContent = visible(text);
  return c;
}

function note(text: string): HTMLElement {
  const s = element('span', 'note');
  s.textContent = text;
  return s;
}

function element(tag: string, className: string): HTMLElement {
  const e = document.createElement(tag);
  if (className !== '') e.className = className;
  return e;
}

function cell(className: string): HTMLElement {
  const e = element('span', className);
  e.setAttribute('role', 'gridcell');
  return e;
}

/** Sets the text of a cell whose only child is text; unchanged text costs nothing. */
function put(e: HTMLElement, text: string): void {
  const node = e.firstChild as Text | null;
  if (node === null) e.append(text);
  else if (node.data !== text) node.data = text;
}

function putValue(e: HTMLElement, field: string, value: string): void {
  let inner = e.firstElementChild as HTMLElement | null;
  if (inner === null) {
    inner = element('span', 'value');
    e.append(inner);
  }
  put(inner, visible(value.slice(0, VALUE_SHOWN)));
  inner.dataset.field = field;
  inner.dataset.value = value;
}

import { clock, count, duration, entries, shortClock, visible } from '../lib/format';
import type { LogEntry, Severity } from '../lib/contract';
import type { LocalGap, Mark, Row } from '../lib/row';

/** The most of a value that a row shows. */
const VALUE_SHOWN = 120;

/** Attributes that say again what a column says. */
const repeated = new Set(['service.name', 'host.name']);

/** What depends on the reader's filter in how rows are drawn. */
export interface Look {
  /** What the filter looks for in the message. */
  highlight: RegExp | undefined;
  /** Attributes with one value in all recent entries: they come last, for they tell nothing apart. */
  constant: ReadonlySet<string>;
  /**
   * How many characters of message and attributes can be seen. What is beyond is not put
   * into the page: at 5,000 entries a second, elements nobody sees were most of the work.
   */
  room: number;
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
  private readonly message = element('span', 'message');
  /** Elements for attributes, used again; those shown are the first few. */
  private readonly pairs: Pair[] = [];
  private pairsShown = 0;
  private shown: Row | undefined;
  private shape: 'entry' | 'mark' | undefined;

  constructor() {
    this.element.setAttribute('role', 'row');
    this.element.hidden = true; // until it shows a row
    this.text.append(this.message);
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
    const message = visible((e.message ?? '').slice(0, look.room));
    if (look.highlight) mark(this.message, message, look.highlight);
    else put(this.message, message);
    this.showAttributes(e, look, look.room - message.length);
  }

  private showAttributes(e: LogEntry, look: Look, room: number): void {
    const wanted = e.attributes ? chosen(e.attributes, look, room) : [];
    for (let i = 0; i < wanted.length; i++) {
      const pair = (this.pairs[i] ??= new Pair());
      pair.show(wanted[i]!, e.attributes![wanted[i]!]!);
      if (i >= this.pairsShown) this.text.append(pair.element);
    }
    while (this.pairsShown > wanted.length) this.pairs[--this.pairsShown]!.element.remove();
    this.pairsShown = wanted.length;
  }

  private showMark(mark: Mark): void {
    this.shape = 'mark';
    this.element.className = `row mark mark-${mark.kind}${mark.kind === 'gap' ? ` gap-${mark.gap.state}` : ''}`;
    const line = element('span', 'mark-text');
    line.setAttribute('role', 'gridcell');
    line.append(...(mark.kind === 'live' ? liveMark(mark) : mark.kind === 'gap' ? gapMark(mark.gap) : backMark(mark)));
    // What is the same stays: a button that is replaced while it is pressed is not clicked.
    if (!this.element.firstChild?.isEqualNode(line)) this.element.replaceChildren(line);
  }
}

/** Five letters at most, so that the column stays narrow; the words are those of a query. */
export function shortSeverity(s: Severity | undefined): string {
  return s ?? '–';
}

/** The keys of the attributes that there is room for, in the order in which they are shown. */
function chosen(attributes: Record<string, string>, look: Look, room: number): string[] {
  const keys: string[] = [];
  for (const last of [false, true]) {
    for (const key in attributes) {
      if (look.constant.has(key) !== last || repeated.has(key)) continue;
      if (room <= 0) return keys;
      room -= key.length + Math.min(attributes[key]!.length, VALUE_SHOWN) + 3;
      keys.push(key);
    }
  }
  return keys;
}

/** The elements of one attribute. */
class Pair {
  readonly element = element('span', 'attribute');
  private readonly key = element('span', 'key');
  private readonly value = element('span', 'value');

  constructor() {
    this.element.append(this.key, this.value);
  }

  show(key: string, value: string): void {
    put(this.key, visible(key.slice(0, VALUE_SHOWN)));
    put(this.value, visible(value.slice(0, VALUE_SHOWN)));
    this.value.dataset.field = `attributes.${key}`;
    this.value.dataset.value = value;
  }
}

/** Puts a text into an element, with what matched marked. */
function mark(into: HTMLElement, text: string, highlight: RegExp): void {
  const parts: (string | Node)[] = [];
  let from = 0;
  for (const match of text.matchAll(highlight)) {
    if (match[0] === '') continue;
    const found = element('mark', '');
    found.textContent = match[0];
    parts.push(text.slice(from, match.index), found);
    from = match.index + match[0].length;
  }
  into.replaceChildren(...parts, text.slice(from));
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

/** Sets the text of an element; where it has one text already, that is changed in place. */
function put(e: HTMLElement, text: string): void {
  const node = e.firstChild;
  if (!(node instanceof Text) || node.nextSibling) e.textContent = text;
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

/**
 * What the page itself has to know of the query language: where values begin and end, how
 * a value is written, and which texts a query looks for. Everything else is the server's,
 * whose answer is the only judgement.
 */

export type TokenKind = 'word' | 'string' | 'field' | 'operator' | 'value' | 'keyword' | 'not' | 'bracket' | 'space';

export interface Token {
  kind: TokenKind;
  begin: number;
  end: number;
}

const operators = ['!=', '<=', '>=', '=~', '!~', '=', '<', '>', ':'];
const endsText = (c: string): boolean => /[\s(),"']/.test(c);

/** The fields that every entry may have. */
export const contractFields = ['severity', 'service', 'host', 'message', 'trace_id', 'span_id', 'timestamp'] as const;

/** Whether the last word of a query may be a field of which the operator is still to come. */
export function beginsName(query: string): boolean {
  const last = tokens(query).at(-1);
  if (last?.kind !== 'word') return false;
  const word = query.slice(last.begin);
  return word.startsWith('attributes') || ['attributes', ...contractFields].some((name) => name.startsWith(word));
}

/** Splits a query for colouring and completion. It never fails: people are still typing. */
export function tokens(text: string): Token[] {
  const out: Token[] = [];
  const add = (kind: TokenKind, begin: number, end: number): void => {
    if (end > begin) out.push({ kind, begin, end });
  };
  let i = 0;
  let valueNext = false;
  while (i < text.length) {
    const c = text[i]!;
    const begin = i;
    if (/\s/.test(c)) {
      while (i < text.length && /\s/.test(text[i]!)) i++;
      add('space', begin, i);
      valueNext = false;
    } else if (c === '"' || c === "'") {
      i = stringEnd(text, i);
      add(valueNext ? 'value' : 'string', begin, i);
      valueNext = false;
    } else if ('(),'.includes(c)) {
      i++;
      add('bracket', begin, i);
    } else if (valueNext) {
      while (i < text.length && !endsText(text[i]!)) i++;
      add('value', begin, i);
      valueNext = false;
    } else if (operatorAt(text, i)) {
      i += operatorAt(text, i).length;
      add('operator', begin, i);
      valueNext = true;
    } else if (c === '-' && (begin === 0 || endsText(text[begin - 1]!))) {
      i++;
      add('not', begin, i);
    } else {
      while (i < text.length && !endsText(text[i]!) && !operatorAt(text, i)) i++;
      // A quoted segment of a name: attributes."a b".
      if (text[i] === '"' && text[i - 1] === '.') i = stringEnd(text, i);
      const word = text.slice(begin, i);
      if (operatorAt(text, i)) add('field', begin, i);
      else add(/^(AND|OR|NOT)$/.test(word) ? 'keyword' : 'word', begin, i);
    }
  }
  return out;
}

function operatorAt(text: string, i: number): string {
  return operators.find((op) => text.startsWith(op, i)) ?? '';
}

function stringEnd(text: string, begin: number): number {
  for (let i = begin + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === text[begin]) return i + 1;
  }
  return text.length;
}

const word = /[\p{L}\p{Nd}_]/u;
const plain = /^[\p{L}\p{Nd}_\-./+@#%$]+$/u;

/** Whether a text can stand without quotes. It is as strict as the server's own printer. */
export function isPlain(text: string): boolean {
  const chars = [...text];
  return (
    plain.test(text) && word.test(chars[0]!) && word.test(chars.at(-1)!) && !['AND', 'OR', 'NOT'].includes(text)
  );
}

/** A value as a query has it, so that it means exactly this text. */
export function quote(value: string): string {
  if (isPlain(value)) return value;
  const star = value.endsWith('*');
  return `"${escape(star ? value.slice(0, -1) : value)}${star ? '\\*' : ''}"`;
}

function escape(text: string): string {
  return text
    .replace(/\\/g, '\\\\')
    .replace(/"/g, '\\"')
    .replace(/\n/g, '\\n')
    .replace(/\r/g, '\\r')
    .replace(/\t/g, '\\t');
}

/** The name of an attribute as a query has it. */
export function attributeName(key: string): string {
  return `attributes.${isPlain(key) ? key : `"${escape(key)}"`}`;
}

/** A field as the server's list of fields names it, ready for a query. */
export function fieldName(name: string): string {
  const key = name.startsWith('attributes.') ? name.slice('attributes.'.length) : undefined;
  return key === undefined || key.startsWith('"') ? name : attributeName(key);
}

/** One comparison for equality. */
export function condition(field: string, value: string): string {
  return `${fieldName(field)}=${quote(value)}`;
}

/**
 * Adds a condition to a query, or takes it out where it stands already. Its contrary is
 * replaced. OR binds tighter than the white space between terms, so that appending always
 * narrows.
 */
export function toggle(query: string, term: string, exclude: boolean): string {
  const wanted = exclude ? `-${term}` : term;
  const contrary = exclude ? term : `-${term}`;
  const without = cut(query, wanted);
  if (without !== undefined) return without;
  const rest = cut(query, contrary) ?? query.trim();
  return rest === '' ? wanted : `${rest} ${wanted}`;
}

/** Whether a query holds a term at its top level. */
export function has(query: string, term: string): boolean {
  return cut(query, term) !== undefined;
}

/** The query without one of its terms; undefined where it does not have it. */
function cut(query: string, term: string): string | undefined {
  for (let from = 0; ; ) {
    const i = query.indexOf(term, from);
    if (i < 0) return undefined;
    const end = i + term.length;
    const alone = (i === 0 || /\s/.test(query[i - 1]!)) && (end === query.length || /\s/.test(query[end]!));
    if (alone && depth(query, i) === 0 && !besideKeyword(query, i, end)) {
      return `${query.slice(0, i).trimEnd()} ${query.slice(end).trimStart()}`.trim();
    }
    from = i + 1;
  }
}

/** How many brackets are open before a place; Infinity inside of a string. */
function depth(query: string, at: number): number {
  let n = 0;
  for (const t of tokens(query)) {
    if (t.begin < at && t.end > at && (t.kind === 'string' || t.kind === 'value')) return Infinity;
    if (t.begin >= at || t.kind !== 'bracket') continue;
    if (query[t.begin] === '(') n++;
    if (query[t.begin] === ')') n--;
  }
  return n;
}

function besideKeyword(query: string, begin: number, end: number): boolean {
  return /\b(OR|NOT|AND)\s+$/.test(query.slice(0, begin)) || /^\s+(OR|AND)\b/.test(query.slice(end));
}

/** The text of a token that is a string or a plain value. */
export function unquote(raw: string): string {
  if (raw[0] !== '"' && raw[0] !== "'") return raw;
  const body = raw.endsWith(raw[0]) && raw.length > 1 ? raw.slice(1, -1) : raw.slice(1);
  return body.replace(/\\(["'\\ntr*])/g, (_, c: string) => ({ n: '\n', t: '\t', r: '\r' })[c] ?? c);
}

/**
 * What a query looks for in the message, as one expression to highlight by, or undefined.
 * Terms that are negated do not count. It is for the eye alone: the server has judged.
 */
export function highlighter(query: string): RegExp | undefined {
  const parts: string[] = [];
  const all = tokens(query).filter((t) => t.kind !== 'space');
  const raw = (i: number): string => (all[i] ? query.slice(all[i].begin, all[i].end) : '');
  let negatedDepth = Infinity;
  let level = 0;
  for (let i = 0; i < all.length; i++) {
    const kind = all[i]!.kind;
    const negated = level >= negatedDepth || raw(i - 1) === '-' || raw(i - 1) === 'NOT';
    if (kind === 'bracket') {
      if (raw(i) === '(') {
        level++;
        if (negated && negatedDepth === Infinity) negatedDepth = level;
      } else if (raw(i) === ')') {
        if (level === negatedDepth) negatedDepth = Infinity;
        level--;
      }
    } else if ((kind === 'word' || kind === 'string') && !negated) {
      parts.push(literal(unquote(raw(i))));
    } else if (kind === 'field' && raw(i) === 'message' && !negated) {
      parts.push(messagePart(raw(i + 1), unquote(raw(i + 2))));
    }
  }
  return compile(parts.filter((p) => p !== ''));
}

function messagePart(operator: string, value: string): string {
  if (operator === ':') return value === '*' ? '' : literal(value);
  if (operator !== '=~') return '';
  const source = value.replace(/^\(\?i\)/, '');
  return compiles(source) ? `(?:${source})` : '';
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}

function compiles(source: string): boolean {
  try {
    return !new RegExp(source, 'iu').test('') && source.length < 200;
  } catch {
    return false; // RE2 knows forms that JavaScript does not: no highlight then
  }
}

function compile(parts: string[]): RegExp | undefined {
  if (parts.length === 0) return undefined;
  try {
    return new RegExp(parts.join('|'), 'giu');
  } catch {
    return undefined;
  }
}

/** The place of a UTF-8 byte in a text, as an index of its UTF-16 units. */
export function byteToIndex(text: string, byte: number): number {
  let bytes = 0;
  let index = 0;
  for (const char of text) {
    if (bytes >= byte) break;
    const code = char.codePointAt(0)!;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    index += char.length;
  }
  return index;
}

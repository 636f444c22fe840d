import { describe, expect, it } from 'vitest';
import { beginsName, byteToIndex, condition, has, highlighter, quote, toggle, tokens, unquote } from '../src/lib/query';

const kinds = (text: string): string =>
  tokens(text)
    .filter((t) => t.kind !== 'space')
    .map((t) => `${t.kind}:${text.slice(t.begin, t.end)}`)
    .join(' ');

describe('tokens', () => {
  it.each([
    ['timeout', 'word:timeout'],
    ['severity>=WARN', 'field:severity operator:>= value:WARN'],
    ['service=api-* -healthz', 'field:service operator:= value:api-* not:- word:healthz'],
    ['NOT (a OR "b c")', 'keyword:NOT bracket:( word:a keyword:OR string:"b c" bracket:)'],
    ['attributes."a b"="x=y"', 'field:attributes."a b" operator:= value:"x=y"'],
    ['timestamp>2026-01-01T00:00:00Z', 'field:timestamp operator:> value:2026-01-01T00:00:00Z'],
    ['message=~"^a\\"b"', 'field:message operator:=~ value:"^a\\"b"'],
    ['host=', 'field:host operator:='],
    ['"open', 'string:"open'],
    ['api-gateway', 'word:api-gateway'],
  ])('%s', (text, want) => expect(kinds(text)).toBe(want));

  it('covers every text whole, in order', () => {
    for (const text of ['a b', '((', '="', '\\', '-', '- a', 'é:ü 日本', "it's", 'a=b"c"d', 'x\u3000y']) {
      let at = 0;
      for (const t of tokens(text)) {
        expect(t.begin).toBe(at);
        at = t.end;
      }
      expect(at).toBe(text.length);
    }
  });
});

describe('values', () => {
  it.each([
    ['checkout', 'checkout'],
    ['api-*', '"api-\\*"'],
    ['two words', '"two words"'],
    ['say "hi"', '"say \\"hi\\""'],
    ['C:\\x', '"C:\\\\x"'],
    ['OR', '"OR"'],
    ['-x', '"-x"'],
    ['', '""'],
    ['a\nb', '"a\\nb"'],
    ['/v1/orders', '"/v1/orders"'],
    ['café', 'café'],
  ])('%j is written %s', (value, want) => {
    expect(quote(value)).toBe(want);
    expect(unquote(quote(value))).toBe(value);
  });

  it('names attributes as a query does', () => {
    expect(condition('attributes.user id', '42')).toBe('attributes."user id"=42');
    expect(condition('attributes.http.method', 'GET')).toBe('attributes.http.method=GET');
  });
});

describe('toggle', () => {
  const term = 'service=cart';
  it.each([
    ['', false, 'service=cart'],
    ['timeout', false, 'timeout service=cart'],
    ['timeout service=cart', false, 'timeout'],
    ['service=cart timeout', true, 'timeout -service=cart'],
    ['-service=cart timeout', false, 'timeout service=cart'],
    ['a OR b', false, 'a OR b service=cart'],
    // What is part of something else stays what it is.
    ['a OR service=cart', false, 'a OR service=cart service=cart'],
    ['(service=cart)', false, '(service=cart) service=cart'],
    ['service=cart2', false, 'service=cart2 service=cart'],
    ['"say service=cart now"', false, '"say service=cart now" service=cart'],
  ])('%j, exclude %s: %j', (query, exclude, want) => expect(toggle(query, term, exclude)).toBe(want));

  it('knows what is on', () => {
    expect([has('a service=cart', term), has('a -service=cart', term), has('a -service=cart', `-${term}`)]).toEqual([true, false, true]);
  });
});

describe('highlighter', () => {
  const found = (query: string, text: string): string[] => [...text.matchAll(highlighter(query) ?? /$^/g)].map((m) => m[0]);
  it.each([
    ['timeout', 'a Timeout here', ['Timeout']],
    ['"reset by"', 'reset by peer', ['reset by']],
    ['-timeout', 'a timeout', []],
    ['NOT (a OR timeout) peer', 'a timeout peer', ['peer']],
    ['message:peer severity>=INFO', 'the peer INFO', ['peer']],
    ['message=~"b+"', 'abbb', ['bbb']],
    ['service=cart', 'cart', []],
    ['a.c', 'abc a.c', ['a.c']],
    ['message=~"(?P<x>a)"', 'a', []],
  ])('%j in %j', (query, text, want) => expect(found(query, text)).toEqual(want));
});

describe('byteToIndex', () => {
  it.each([
    ['abc', 2, 2],
    ['é=x', 2, 1],
    ['日本 x', 7, 3],
    ['😀x', 4, 2],
    ['abc', 99, 3],
  ])('%j at byte %d', (text, byte, want) => expect(byteToIndex(text, byte)).toBe(want));
});

describe('beginsName', () => {
  it.each(['s', 'error sev', '-serv', 'attributes', 'attributes.http.rou'])('%s may become a field', (q) => expect(beginsName(q)).toBe(true));
  it.each(['', 'search', 'severity>', 'severity>=WARN', 'sev ', '"sev"', 'service=s'])('%s will not', (q) => expect(beginsName(q)).toBe(false));
});

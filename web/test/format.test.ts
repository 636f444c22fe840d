import { describe, expect, it } from 'vitest';
import { brief, duration, fullTime, told, visible } from '../src/lib/format';

describe('visible', () => {
  it('shows what would hide or turn part of a line', () => {
    expect(visible('a\u001b[31mb\n\u202ec\u007f')).toBe('a␛[31mb␊\\u202ec␡');
    expect(visible('naïve — 日本 <b>')).toBe('naïve — 日本 <b>');
  });
});

describe('told', () => {
  it.each([
    ['', ''], ['it is not accepted (send another)', 'It is not accepted.'], ['Really?', 'Really?'], ['a (b) c', 'A (b) c.'],
  ])('%j is %j', (said, want) => expect(told(said)).toBe(want));
});

describe('numbers', () => {
  it.each([[0, '0'], [999, '999'], [1234, '1.2k'], [45_678, '46k'], [2_500_000, '2.5M']])('%d is %s', (n, want) => expect(brief(n)).toBe(want));
  it.each([[12, '12 ms'], [59_400, '59 s'], [180_000, '3 min'], [5_400_000, '1.5 h']])('%d ms is %s', (n, want) => expect(duration(n)).toBe(want));
});

describe('fullTime', () => {
  it('keeps all digits of the second', () => expect(fullTime('2026-11-21T14:41:51.583661416Z')).toContain('51.583661416'));
  it('leaves alone what is not a time', () => expect(fullTime('soon')).toBe('soon'));
});

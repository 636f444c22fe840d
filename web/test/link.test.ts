import { describe, expect, it } from 'vitest';
import { protocols } from '../src/lib/link';

describe('protocols', () => {
  it('offers nothing where there is no token', () => expect(protocols('')).toEqual([]));

  it('writes a token in letters that a sub-protocol may have', () => {
    expect(protocols('sk_a_b')).toEqual(['logs.v1', 'bearer.c2tfYV9i']);
    expect(protocols('~~?>ü')).toEqual(['logs.v1', 'bearer.fn4_PsO8']);
    expect(protocols('sk_a')).toEqual(['logs.v1', 'bearer.c2tfYQ']);
  });
});

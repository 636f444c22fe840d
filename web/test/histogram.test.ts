import { describe, expect, it } from 'vitest';
import { Histogram, SPAN } from '../src/lib/histogram';

describe('Histogram', () => {
  it('stacks errors below warnings below the rest', () => {
    const h = new Histogram();
    for (const s of ['ERROR', 'FATAL', 'WARN', 'INFO', undefined] as const) h.add(5_500, s);
    expect(h.at(5)).toEqual([2, 1, 2]);
    expect(h.stacked(6, 3)).toEqual([[4, 5, 6], [0, 2, 0], [0, 3, 0], [0, 5, 0]]);
  });

  it('forgets what is older than its span, and takes nothing that old', () => {
    const h = new Histogram();
    h.add(1_000, 'INFO');
    h.add((SPAN + 1) * 1000, 'WARN'); // takes the slot of second 1
    h.add(1_000, 'INFO');
    expect(h.at(1)).toEqual([0, 0, 0]);
    expect(h.at(SPAN + 1)).toEqual([0, 1, 0]);
  });
});

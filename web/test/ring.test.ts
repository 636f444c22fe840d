import { describe, expect, it } from 'vitest';
import { Ring } from '../src/lib/ring';

describe('Ring', () => {
  it('keeps order over both ends, as an array would', () => {
    const ring = new Ring<number>(7);
    let model: number[] = [];
    let seed = 1;
    const random = (n: number): number => (seed = (seed * 48271) % 2147483647) % n;
    for (let i = 0; i < 5000; i++) {
      switch (random(4)) {
        case 0: {
          const dropped = ring.push(i);
          model.push(i);
          expect(dropped).toBe(model.length > 7 ? model.shift() : undefined);
          break;
        }
        case 1: {
          const dropped = ring.unshift(i);
          model = [i, ...model];
          expect(dropped).toBe(model.length > 7 ? model.pop() : undefined);
          break;
        }
        case 2:
          expect(ring.shift()).toBe(model.shift());
          break;
        default:
          expect(ring.pop()).toBe(model.pop());
      }
      expect([...ring]).toEqual(model);
      expect(ring.first()).toBe(model[0]);
      expect(ring.last()).toBe(model.at(-1));
    }
  });

  it('has nothing outside of its bounds', () => {
    const ring = new Ring<number>(3);
    ring.push(1);
    expect([ring.at(-1), ring.at(1)]).toEqual([undefined, undefined]);
  });
});

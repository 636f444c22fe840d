import type { Severity } from './contract';

/** How many seconds are counted: what fits on a wide screen, and an incident. */
export const SPAN = 300;

/** The layers: errors at the bottom, where their height can be compared; warnings; the rest. */
export const LAYERS = 3;
const layerOf = (s: Severity | undefined): number => (s === 'ERROR' || s === 'FATAL' ? 0 : s === 'WARN' ? 1 : 2);

/** Entries a second in the last minutes, by layers of severity. Memory is fixed. */
export class Histogram {
  private readonly counts = new Uint32Array(SPAN * LAYERS);
  private readonly second = new Float64Array(SPAN);
  /** The earliest second that has an entry. */
  since = Infinity;

  add(ms: number, severity: Severity | undefined): void {
    const second = Math.floor(ms / 1000);
    const slot = second % SPAN;
    if (slot < 0 || this.second[slot]! > second) return; // long ago
    if (this.second[slot]! < second) {
      this.second[slot] = second;
      this.counts.fill(0, slot * LAYERS, (slot + 1) * LAYERS);
    }
    this.counts[slot * LAYERS + layerOf(severity)]!++;
    if (second < this.since) this.since = second;
  }

  /** How many seconds to show: the last minute at first, more as there is more. */
  span(end: number): number {
    const known = end - this.since;
    return [60, 150].find((s) => known < s * 0.9) ?? SPAN;
  }

  /**
   * The seconds up to end, and for each layer the entries in it and below it, as stacked
   * bars are drawn.
   */
  stacked(end: number, span = SPAN): [number[], ...number[][]] {
    const x: number[] = [];
    const layers: number[][] = Array.from({ length: LAYERS }, () => []);
    for (let second = end - span + 1; second <= end; second++) {
      x.push(second);
      const slot = second % SPAN;
      let sum = 0;
      for (let layer = 0; layer < LAYERS; layer++) {
        if (this.second[slot] === second) sum += this.counts[slot * LAYERS + layer]!;
        layers[layer]!.push(sum);
      }
    }
    return [x, ...layers];
  }

  /** The entries of one second by layer. */
  at(second: number): number[] {
    const slot = second % SPAN;
    return Array.from({ length: LAYERS }, (_, layer) =>
      this.second[slot] === second ? this.counts[slot * LAYERS + layer]! : 0,
    );
  }
}

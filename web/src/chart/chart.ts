import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Histogram } from '../lib/histogram';
import { brief } from '../lib/format';

export interface ChartEvents {
  /** The pointer is at a second, or has left. */
  point(second: number | undefined): void;
  /** A second was clicked. */
  pick(second: number): void;
}

/** Custom properties of the layers, in the order of Histogram. */
const colours = ['--error-bar', '--warn-bar', '--info-bar'];

/** Whole pixels: uPlot scales the digits before px by the density of the screen, and a fraction is not part of them. */
const AXIS_FONT = '11px system-ui, sans-serif';

/** About how wide half of a time at the axis is, in pixels. */
const HALF_A_LABEL = 28;

/** At least so far from one to the next. */
const LABEL_SPACE = 76;

/** The rates of the last minutes as stacked bars. */
export class Chart {
  private readonly plot: uPlot;
  private readonly watch: ResizeObserver;
  private drawn: Histogram | undefined;
  private span = 60;

  constructor(
    private readonly host: HTMLElement,
    private readonly events: ChartEvents,
  ) {
    this.plot = new uPlot(this.options(), undefined, host);
    this.watch = new ResizeObserver(() => {
      this.plot.setSize({ width: host.clientWidth, height: host.clientHeight });
    });
    this.watch.observe(host);
  }

  draw(histogram: Histogram | undefined): void {
    if (!histogram) return;
    this.drawn = histogram;
    const end = Math.floor(Date.now() / 1000);
    this.span = histogram.since === Infinity ? this.span : histogram.span(end);
    const [x, ...layers] = histogram.stacked(end, this.span);
    // The tallest is drawn first, the ones inside of it over it.
    this.plot.setData([x, ...layers.reverse()]);
  }

  destroy(): void {
    this.watch.disconnect();
    this.plot.destroy();
  }

  private options(): uPlot.Options {
    const { host } = this;
    return {
      width: host.clientWidth || 600,
      height: host.clientHeight || 60,
      padding: [4, 12, 0, 0],
      legend: { show: false },
      scales: {
        x: { range: () => this.range() },
        y: { range: (_, __, max) => [0, Math.max(4, max * 1.08)] },
      },
      cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
      axes: [
        {
          stroke: () => colour('--ink-faint'),
          font: AXIS_FONT,
          size: 17,
          gap: 2,
          grid: { show: false },
          ticks: { show: false },
          space: LABEL_SPACE,
          values: (_, ticks) => ticks.map((t) => this.label(t)),
        },
        {
          side: 1,
          stroke: () => colour('--ink-faint'),
          font: AXIS_FONT,
          size: 38,
          gap: 3,
          space: 22,
          grid: { stroke: () => colour('--line'), width: 1 },
          ticks: { show: false },
          values: (_, ticks) => ticks.map((t) => (t > 0 && Number.isInteger(t) ? brief(t) : '')),
        },
      ],
      series: [{}, ...[...colours].reverse().map((name) => this.series(name))],
      hooks: {
        setCursor: [(u) => this.events.point(u.cursor.idx == null ? undefined : u.data[0]![u.cursor.idx])],
        ready: [(u) => u.over.addEventListener('click', () => this.clicked(u))],
      },
    };
  }

  /** A time at the axis; none where it would be cut off at the edge. */
  private label(second: number): string {
    const [from] = this.range();
    const cut = (this.span * HALF_A_LABEL) / Math.max(1, this.host.clientWidth);
    return second - from < cut ? '' : new Date(second * 1000).toTimeString().slice(0, 8);
  }

  private series(name: string): uPlot.Series {
    return {
      paths: uPlot.paths.bars!({ size: [0.86, 24], align: 1 }),
      points: { show: false },
      stroke: () => 'transparent',
      fill: () => colour(name),
      width: 0,
    };
  }

  /** The window moves with the clock also when nothing comes. */
  private range(): [number, number] {
    const now = Math.floor(Date.now() / 1000);
    return [now - this.span + 1, now + 1];
  }

  private clicked(u: uPlot): void {
    const second = u.cursor.idx == null ? undefined : u.data[0]![u.cursor.idx];
    if (second !== undefined && this.drawn) this.events.pick(second);
  }
}

/** A canvas takes no custom properties, and no pair of colours: an element resolves them. */
function colour(name: string): string {
  probe.style.color = `var(${name})`;
  if (!probe.isConnected) document.body.append(probe);
  return getComputedStyle(probe).color;
}
const probe = document.createElement('span');
probe.hidden = true;

import type { View } from '../lib/view';
import type { Row } from '../lib/row';
import type { Hold } from './hold';
import { copyRows } from './copy';
import { Line, type Look } from './painter';

/** Lines that are ready above and below what is seen, so that a scroll shows no blank. */
const OVERSCAN = 8;
/** How close to the oldest row older ones are fetched: before the reader gets there. */
const FETCH_WITHIN = 60;
/**
 * The shortest time between two drawings of a view that runs so fast that all of its lines
 * change: nobody reads it, and twenty times a second it still flows.
 */
const FAST_INTERVAL = 45;
/**
 * How much of the time drawing may take of a view that runs fast: a fourth. On a machine that
 * is busy otherwise it is drawn more rarely, down to four times a second, so that what comes
 * is still taken in.
 */
const FAST_SHARE = 4;
const SLOWEST_INTERVAL = 250;
/** The width of a character of the rows, in pixels, at the least: so much room is certain to do. */
const NARROWEST = 6.6;
/** How narrow and how wide the columns of service and host may be, in characters. */
const NARROW = { service: 8, host: 6 };
const WIDEST = { service: 18, host: 20 };

export interface ListEvents {
  select(row: Row | undefined): void;
  open(row: Row): void;
  value(field: string, value: string, at: DOMRect): void;
  fill(row: Row): void;
}

/**
 * The virtual list: as many lines as fit, each used for whichever row comes into sight.
 * Rows have one height, so that a place is a multiplication. It draws at most once a frame
 * of the screen, and only what has changed.
 */
export class List {
  view: View | undefined;
  look: Look = { highlight: undefined, constant: new Set(), room: 200 };
  selected: Row | undefined;

  private readonly lines: Line[] = [];
  private readonly shown: (number | undefined)[] = [];
  private scheduled = 0;
  private rowHeight = 0;
  private paintedVersion = -1;
  private paintedView: View | undefined;
  private paintedFirst = 0;
  private paintedAt = 0;
  private paintedLast = 0;
  private fast = false;
  private fastInterval = FAST_INTERVAL;
  private ownTop = -1;
  private widths = NARROW;
  private stale = true;
  private readonly watch: ResizeObserver;
  private readonly stops: (() => void)[] = [];

  constructor(
    /** The element that scrolls; its lines go into body, which is inside of it. */
    private readonly scroller: HTMLElement,
    private readonly body: HTMLElement,
    private readonly hold: Hold,
    private readonly events: ListEvents,
  ) {
    this.watch = new ResizeObserver(() => this.resized());
    this.watch.observe(scroller);
    this.on(scroller, 'scroll', () => this.scrolled());
    this.on(scroller, 'pointerdown', (e) => this.pressed(e as PointerEvent));
    this.on(scroller, 'click', (e) => this.clicked(e as MouseEvent));
    this.on(scroller, 'keydown', (e) => this.key(e as KeyboardEvent));
    this.on(window, 'pointerup', () => setTimeout(() => this.selecting(), 0));
    this.on(window, 'pointercancel', () => this.selecting());
    this.on(document, 'selectionchange', () => this.selecting());
    this.on(scroller, 'copy', (e) => copyRows(e as ClipboardEvent, this.lines));
  }

  destroy(): void {
    cancelAnimationFrame(this.scheduled);
    this.watch.disconnect();
    for (const stop of this.stops) stop();
  }

  /** Asks for the list to be drawn with the next frame of the screen. */
  refresh(): void {
    this.scheduled ||= requestAnimationFrame((now) => {
      this.scheduled = 0;
      if (this.fast && !this.hold.held && now - this.paintedAt < this.fastInterval) this.refresh();
      else {
        this.paintedAt = now;
        this.paint();
        // A task of its own comes after the layout and the painting of this frame.
        if (this.fast) setTimeout(() => this.measured(performance.now() - now), 0);
      }
    });
  }

  /** Draws every line anew: what is highlighted has changed. */
  repaint(): void {
    this.stale = true;
    this.refresh();
  }

  /** Gives the rows the focus. */
  focus(): void {
    this.scroller.focus({ preventScroll: true });
  }

  /** Goes to the newest row and follows from there. */
  end(): void {
    this.hold.clear();
    // At once: a scroll that is still under way is told before the next frame, and would hold the view again.
    this.scrollTo(this.scroller.scrollHeight);
    this.refresh();
  }

  /** Brings the first row at or after a time into the middle. */
  goTo(ms: number): void {
    const log = this.view?.log;
    if (!log || log.length === 0) return;
    let n = log.first;
    while (n < log.first + log.length - 1 && !((log.row(n)?.entry && log.row(n)!.ms >= ms) ?? false)) n++;
    this.hold.set('scroll', true);
    this.scrollTo((n - log.first) * this.rowHeight - this.scroller.clientHeight / 2);
  }

  // --- Drawing ----------------------------------------------------------------

  private paint(): void {
    const view = this.view;
    if (!view || this.rowHeight === 0) return;
    if (view !== this.paintedView) this.begin(view);
    const log = view.log;
    const total = log.length;
    if (this.paintedVersion !== log.version || this.stale) this.body.style.height = `${total * this.rowHeight}px`;
    if (!this.hold.held) this.scrollTo(this.scroller.scrollHeight);
    else if (log.first !== this.paintedFirst) {
      // Rows have come or gone in front: what is seen must stay where it is.
      this.scrollTo(this.scroller.scrollTop + (this.paintedFirst - log.first) * this.rowHeight);
    }
    this.paintedFirst = log.first;
    this.fast = log.first + total - this.paintedLast > this.lines.length / 4;
    this.paintedLast = log.first + total;

    const from = Math.max(0, Math.floor((this.scroller.scrollTop - this.body.offsetTop) / this.rowHeight) - OVERSCAN);
    const to = Math.min(total, from + this.lines.length);
    this.scroller.removeAttribute('aria-activedescendant');
    const redraw = this.stale || this.paintedVersion !== log.version;
    for (let i = from; i < to; i++) this.place(log.first + i, i, redraw);
    this.hideOthers(log.first + from, log.first + to);
    this.scroller.setAttribute('aria-rowcount', String(total + 1));
    this.paintedVersion = log.version;
    this.stale = false;
    if (from < FETCH_WITHIN && total > 0 && view.past === 'idle') void view.older();
  }

  private measured(cost: number): void {
    this.fastInterval = Math.min(SLOWEST_INTERVAL, Math.max(FAST_INTERVAL, cost * FAST_SHARE));
  }

  private begin(view: View): void {
    this.paintedView = view;
    this.paintedFirst = view.log.first;
    this.paintedVersion = -1;
    this.stale = true;
    this.shown.fill(undefined);
    this.widths = NARROW;
  }

  private place(number: number, index: number, redraw: boolean): void {
    const slot = modulo(number, this.lines.length);
    const line = this.lines[slot]!;
    const row = this.view!.log.row(number)!;
    const same = this.shown[slot] === number && line.row === row;
    if (!same || this.stale || (redraw && row.mark)) {
      line.show(row, this.look);
      if (row.entry) this.widen(row);
    }
    const e = line.element;
    e.style.transform = `translateY(${index * this.rowHeight}px)`;
    e.hidden = false;
    e.id = `row-${slot}`;
    e.setAttribute('aria-rowindex', String(index + 2));
    const selected = row === this.selected;
    e.classList.toggle('selected', selected);
    e.setAttribute('aria-selected', String(selected));
    if (selected) this.scroller.setAttribute('aria-activedescendant', e.id);
    this.shown[slot] = number;
  }

  private hideOthers(from: number, to: number): void {
    for (let slot = 0; slot < this.lines.length; slot++) {
      const number = this.shown[slot];
      if (number !== undefined && number >= from && number < to) continue;
      this.lines[slot]!.element.hidden = true;
      this.shown[slot] = undefined;
    }
  }

  /** The columns grow with what they hold, up to a limit, and never shrink under one filter. */
  private widen(row: Row): void {
    const service = Math.min(WIDEST.service, row.entry!.service?.length ?? 0);
    const host = Math.min(WIDEST.host, row.entry!.host?.length ?? 0);
    if (service <= this.widths.service && host <= this.widths.host) return;
    this.widths = { service: Math.max(service, this.widths.service), host: Math.max(host, this.widths.host) };
    this.scroller.style.setProperty('--service', `${this.widths.service}ch`);
    this.scroller.style.setProperty('--host', `${this.widths.host}ch`);
  }

  private resized(): void {
    this.look = { ...this.look, room: Math.ceil(this.scroller.clientWidth / NARROWEST) };
    const height = parseFloat(getComputedStyle(this.scroller).getPropertyValue('--row'));
    const lines = Math.ceil(this.scroller.clientHeight / height) + 2 * OVERSCAN;
    if (height !== this.rowHeight || lines > this.lines.length) {
      const middle = this.rowHeight === 0 ? 0 : this.scroller.scrollTop / this.rowHeight;
      this.rowHeight = height;
      while (this.lines.length < lines) this.lines.push(new Line());
      this.body.replaceChildren(...this.lines.map((l) => l.element));
      this.shown.length = this.lines.length;
      this.shown.fill(undefined);
      this.stale = true;
      if (this.hold.held) this.scrollTo(middle * height);
    }
    this.refresh();
  }

  private scrollTo(top: number): void {
    this.scroller.scrollTop = top;
    this.ownTop = this.scroller.scrollTop;
  }

  // --- What the reader does -----------------------------------------------------

  private scrolled(): void {
    this.refresh();
    const s = this.scroller;
    const moved = s.scrollTop - this.ownTop;
    if (Math.abs(moved) < 1) return; // our own doing
    this.ownTop = s.scrollTop;
    const left = s.scrollHeight - s.clientHeight - s.scrollTop;
    if (moved < 0 && left > 1) {
      // The first pixel counts: a smooth scroll begins with few, and must not be pulled back.
      this.hold.set('scroll', true);
    } else if (moved > 0 && left < this.rowHeight && this.hold.has('scroll')) {
      this.hold.set('scroll', false);
      this.hold.set('read', false);
    }
  }

  private pressed(e: PointerEvent): void {
    // A row that moves away from under the finger cannot be hit, nor selected.
    if (e.button === 0) this.hold.set('select', true);
  }

  private selecting(): void {
    const s = document.getSelection();
    const ours = s !== null && !s.isCollapsed && s.anchorNode !== null && this.body.contains(s.anchorNode);
    if (ours || !this.pointerDown) this.hold.set('select', ours);
  }

  private get pointerDown(): boolean {
    return this.body.matches(':active');
  }

  private rowOf(target: EventTarget | null): Row | undefined {
    const e = (target as HTMLElement).closest('.row');
    return this.lines.find((l) => l.element === e)?.row;
  }

  private clicked(e: MouseEvent): void {
    const target = e.target as HTMLElement;
    const row = this.rowOf(target);
    if (!row || document.getSelection()?.isCollapsed === false) return;
    const value = target.closest<HTMLElement>('[data-field]');
    if (row.mark) {
      if (target.closest('button')) this.events.fill(row);
    } else if (value && value.dataset.value !== '') {
      this.events.value(value.dataset.field!, value.dataset.value!, value.getBoundingClientRect());
    } else this.events.open(row);
  }

  private key(e: KeyboardEvent): void {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const step = { ArrowUp: -1, ArrowDown: 1, k: -1, j: 1 }[e.key];
    if (step !== undefined) this.step(step);
    else if (e.key === 'Enter' && this.selected) this.enter(this.selected);
    else if (e.key === 'End') this.end();
    else return;
    e.preventDefault();
  }

  private enter(row: Row): void {
    if (row.mark?.kind === 'gap') this.events.fill(row);
    else if (row.entry) this.events.open(row);
  }

  private step(by: number): void {
    const log = this.view?.log;
    if (!log || log.length === 0) return;
    const last = log.first + log.length - 1;
    const at = this.selected && log.numberOf(this.selected);
    const number = at === undefined ? this.lastSeen() : Math.min(last, Math.max(log.first, at + by));
    this.hold.set('scroll', true);
    this.events.select(log.row(number));
    this.reveal(number - log.first);
  }

  /** The number of the last row that is seen whole. */
  private lastSeen(): number {
    const s = this.scroller;
    const i = Math.floor((s.scrollTop + s.clientHeight - this.body.offsetTop) / this.rowHeight) - 1;
    const log = this.view!.log;
    return log.first + Math.max(0, Math.min(log.length - 1, i));
  }

  private reveal(index: number): void {
    const s = this.scroller;
    const top = this.body.offsetTop + index * this.rowHeight;
    const head = 2 * this.rowHeight; // the header, which stays, and one line of what is before
    if (top < s.scrollTop + head) this.scrollTo(top - head);
    else if (top + 2 * this.rowHeight > s.scrollTop + s.clientHeight) this.scrollTo(top + 2 * this.rowHeight - s.clientHeight);
    this.refresh();
  }

  private on(target: EventTarget, type: string, run: (e: Event) => void): void {
    target.addEventListener(type, run);
    this.stops.push(() => target.removeEventListener(type, run));
  }
}

function modulo(n: number, m: number): number {
  return ((n % m) + m) % m;
}

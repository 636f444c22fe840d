import type { Frame, LogFilter } from './contract';

/** How a connection ended: the close frame, and the error frame before it if there was one. */
export interface End {
  code: number;
  reason: string;
  /** Whether the connection had been open. A refused upgrade tells a browser nothing. */
  opened: boolean;
  error: Frame['error'];
}

export interface LinkEvents {
  opened(): void;
  /** Messages in order, at most one call a frame of the screen. */
  frames(frames: Frame[]): void;
  ended(end: End): void;
}

/**
 * Longest time a batch may take of one frame of the screen, in milliseconds: less than a
 * frame as a rule, two where more waits than a frame can bring at 5,000 a second and a
 * tenth of the usual frames, for then taking in is what lacks.
 */
const BUDGET = 10;
const BUDGET_BEHIND = 30;
const BEHIND = 800;
/** How often frames are taken in while the page is hidden, where no frame of the screen comes. */
const HIDDEN_INTERVAL = 200;
/**
 * How many messages may wait. Timers of a hidden page come as rarely as once a minute;
 * beyond this many, messages are taken in as they arrive.
 */
const MAX_QUEUE = 5_000;

/**
 * One WebSocket. Messages are gathered and handed on once a frame of the screen: five
 * thousand a second, each with an update of the page, would be five thousand updates.
 * What came before the end is handed on before the end is told.
 */
export class Link {
  private readonly socket: WebSocket;
  private queue: string[] = [];
  private next = 0;
  private scheduled = false;
  private opened = false;
  private error: Frame['error'];
  private end: End | undefined;
  private closed = false;

  constructor(
    url: URL,
    token: string,
    private readonly events: LinkEvents,
  ) {
    this.socket = new WebSocket(url, protocols(token));
    this.socket.onopen = () => {
      this.opened = true;
      this.events.opened();
    };
    this.socket.onmessage = (message: MessageEvent<string>) => {
      this.queue.push(message.data);
      if (this.queue.length - this.next > MAX_QUEUE) this.flush();
      else this.schedule();
    };
    this.socket.onclose = (close) => {
      this.end = { code: close.code, reason: close.reason, opened: this.opened, error: undefined };
      this.schedule();
    };
  }

  send(filter: LogFilter): void {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(filter));
  }

  /** Ends the connection; no event follows. */
  close(): void {
    this.closed = true;
    this.socket.close(1000);
  }

  private schedule(): void {
    if (this.scheduled || this.closed) return;
    this.scheduled = true;
    const run = (): void => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
      this.scheduled = false;
      this.flush();
    };
    // Both: a page that is hidden now may have been seen when the frame was asked for.
    const frame = requestAnimationFrame(run);
    const timer = setTimeout(run, HIDDEN_INTERVAL);
  }

  private flush(): void {
    if (this.closed) return;
    const waiting = this.queue.length - this.next;
    const deadline = performance.now() + (waiting > BEHIND ? BUDGET_BEHIND : BUDGET);
    const frames: Frame[] = [];
    while (this.next < this.queue.length && (frames.length % 64 !== 63 || performance.now() < deadline)) {
      this.parse(this.queue[this.next++]!, frames);
    }
    if (this.next >= this.queue.length) {
      this.queue = [];
      this.next = 0;
    }
    if (frames.length > 0) this.events.frames(frames);
    if (this.queue.length > 0) this.schedule();
    else if (this.end && !this.closed) {
      this.closed = true;
      this.events.ended({ ...this.end, error: this.error });
    }
  }

  private parse(message: string, into: Frame[]): void {
    // The server may join several frames into one message, each on a line of its own.
    for (const line of message.includes('\n') ? message.split('\n') : [message]) {
      if (line === '') continue;
      const frame = JSON.parse(line) as Frame;
      if (frame.error) this.error = frame.error;
      else into.push(frame);
    }
  }
}

/**
 * The sub-protocols that are offered. A browser cannot set a header here, and an address
 * is written into logs: the token goes as a sub-protocol, which the server does not answer
 * with, and as such may have only letters, digits, - and _.
 */
export function protocols(token: string): string[] {
  if (token === '') return [];
  const bytes = new TextEncoder().encode(token);
  const base64 = btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
  return ['logs.v1', `bearer.${base64}`];
}

/** How long to wait before the n-th try to come back, in milliseconds. */
export function backOff(attempt: number, random: () => number = Math.random): number {
  const longest = 15_000;
  const full = Math.min(longest, 250 * 2 ** attempt);
  // Half of it by chance: the pages that one server lost must not all come back at once.
  return full / 2 + (full / 2) * random();
}

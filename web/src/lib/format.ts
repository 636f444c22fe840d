/** Two digits. */
const two = (n: number): string => (n < 10 ? `0${n}` : `${n}`);
const three = (n: number): string => (n < 10 ? `00${n}` : n < 100 ? `0${n}` : `${n}`);

/**
 * The time of day with milliseconds. By hand: Intl takes some microseconds a call, and
 * this runs for every row that comes into sight.
 */
export function clock(ms: number): string {
  if (ms === 0) return '';
  const d = new Date(ms);
  return `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}.${three(d.getMilliseconds())}`;
}

/** The time of day in minutes and seconds. */
export function shortClock(ms: number): string {
  return clock(ms).slice(0, 8);
}

const grouped = new Intl.NumberFormat('en-GB');

/** A number with thin groups: 12,345. */
export function count(n: number): string {
  return grouped.format(n);
}

/** "1 entry", "2 entries". */
export function entries(n: number): string {
  return n === 1 ? '1 entry' : `${count(n)} entries`;
}

/** A number in few characters: 950, 12.3k, 4.5M. */
export function brief(n: number): string {
  if (n < 1000) return `${Math.round(n)}`;
  if (n < 1_000_000) return `${(n / 1000).toFixed(n < 10_000 ? 1 : 0)}k`;
  return `${(n / 1_000_000).toFixed(1)}M`;
}

/** A length of time in words a person uses: 800 ms, 12 s, 3 min, 2 h. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${Math.round(ms / 1000)} s`;
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`;
  return `${(ms / 3_600_000).toFixed(1)} h`;
}

/** A time stamp of the contract in local time, all digits of its second kept. */
export function fullTime(stamp: string): string {
  const d = new Date(stamp);
  if (Number.isNaN(d.getTime())) return stamp;
  const fraction = /\.(\d+)/.exec(stamp)?.[1] ?? '000';
  const offset = -d.getTimezoneOffset();
  const zone = `${offset < 0 ? '−' : '+'}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
  const day = `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;
  return `${day} ${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}.${fraction} ${zone}`;
}

/** What the server said, for people: as a sentence, without the hint in brackets, which is for programs. */
export function told(message: string): string {
  const text = message.replace(/\s*\(.*\)$/, '');
  return text === '' ? '' : `${text[0]!.toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}

/**
 * A text with what would disturb a line made visible: control characters as their
 * pictures, and the marks that turn the direction of text as their code. A line that
 * hides part of itself is how a log is made to lie.
 */
export function visible(text: string): string {
  return disturbing.test(text) ? text.replace(new RegExp(disturbing, 'gu'), show) : text;
}

// eslint-disable-next-line no-control-regex
const disturbing = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

function show(c: string): string {
  const code = c.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return '␡';
  return `\\u${code.toString(16).padStart(4, '0')}`;
}

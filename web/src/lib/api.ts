import type { Fields, Page, Status } from './contract';

/** What the server answered instead of what was asked for. */
export class ApiError extends Error {
  constructor(
    readonly http: number,
    readonly status: Status,
  ) {
    super(status.message ?? `the server answered with HTTP status ${http}`);
    this.name = 'ApiError';
  }

  get reason(): string | undefined {
    return this.status.details?.find((d) => d.reason !== undefined)?.reason;
  }
}

/**
 * The credential, if the server asks for one. It lives as long as the tab, and goes out in
 * a header or a sub-protocol, never in a URL.
 */
export const credential = {
  get(): string {
    return sessionStorage.getItem('logsieve.token') ?? '';
  },
  set(token: string): void {
    if (token === '') sessionStorage.removeItem('logsieve.token');
    else sessionStorage.setItem('logsieve.token', token);
  },
};

export interface PageRequest {
  query?: string;
  order?: 'NEWEST_FIRST' | 'OLDEST_FIRST';
  page_size?: number;
  before_cursor?: string;
  after_cursor?: string;
  /** Up to this one, its own entry included. */
  until_cursor?: string;
  page_token?: string;
}

/** The address of a path of the API, wherever the page itself is served. */
export function address(path: string): URL {
  return new URL(path, document.baseURI.replace(/[?#].*$/, ''));
}

async function get<T>(path: string, query: object, signal?: AbortSignal): Promise<T> {
  const url = address(path);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') url.searchParams.set(name, String(value));
  }
  const token = credential.get();
  const headers: Record<string, string> = token === '' ? {} : { Authorization: `Bearer ${token}` };
  const response = await fetch(url, { headers, signal: signal ?? null, cache: 'no-store' });
  const body = (await response.json().catch(() => ({}))) as unknown;
  if (!response.ok) throw new ApiError(response.status, body as Status);
  return body as T;
}

/** A page of what is retained. */
export function list(request: PageRequest, signal?: AbortSignal): Promise<Page> {
  return get('logs', request, signal);
}

/** The fields of recent entries and their commonest values. */
export function fields(
  request: { query?: string; prefix?: string; values?: number; window?: number },
  signal?: AbortSignal,
): Promise<Fields> {
  return get('logs/fields', request, signal);
}

/** Whether an error is our own doing: a newer question has made this one pointless. */
export function aborted(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

/** An error as a sentence. */
export function sentence(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  if (error instanceof TypeError) return 'the server cannot be reached';
  return error instanceof Error ? error.message : String(error);
}

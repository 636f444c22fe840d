import { ApiError, list, sentence } from './api';
import type { Rejected, Status } from './contract';
import type { End } from './link';

/** A mistake in the filter that was typed. */
export interface Mistake {
  query: string;
  message: string;
  hint: string;
  /** Bytes of the query; end is 0 where no place is known. */
  begin: number;
  end: number;
}

/** The mistake that a refusal tells. */
export function mistakeOf(query: string, r: Rejected): Mistake {
  const here = r.field === undefined || r.field === '' || r.field === 'query';
  return {
    query,
    message: r.message ?? 'the filter was refused',
    hint: r.hint ?? '',
    begin: here ? (r.begin ?? 0) : 0,
    end: here ? (r.end ?? 0) : 0,
  };
}

/** The refusal in the status that ended a stream. */
export function refusalIn(status: Status | undefined): Rejected | undefined {
  return status?.details?.find((d) => d.end !== undefined || d.field !== undefined);
}

/** The reason in the status that ended a stream, as a constant. */
export function reasonIn(status: Status | undefined): string | undefined {
  return status?.details?.find((d) => d.reason !== undefined)?.reason;
}

/** How long the server has to tell why it refused an upgrade, in milliseconds. */
const ANSWER_WITHIN = 3_000;

/** Why a connection ended: the code of its close frame, and what the server said, as a sentence. */
export interface Verdict {
  code: number;
  message: string;
}

/** The close code that goes with a status of HTTP. */
const refusals: Record<number, number> = { 401: 4401, 403: 4403, 429: 4429, 503: 1013 };

/** Why a connection ended, also where the upgrade was refused. */
export async function verdictOf(end: End): Promise<Verdict> {
  // Codes from 4000 on are the server's own; another before the opening is the browser's.
  if (end.opened || end.code >= 4000) return { code: end.code, message: messageOf(end) };
  try {
    // A browser keeps to itself why an upgrade failed: an ordinary request tells.
    await list({ page_size: 1 }, AbortSignal.timeout(ANSWER_WITHIN));
  } catch (error) {
    const code = error instanceof ApiError ? refusals[error.http] : undefined;
    if (code !== undefined) return { code, message: sentence(error) };
  }
  return { code: 1006, message: '' };
}

function messageOf(end: End): string {
  // The reason of a close frame begins with the name of the code, for programs.
  return end.error?.message ?? end.reason.replace(/^[A-Z_]+: /, '');
}

/** Why a connection was lost that is worth coming back to. */
export function why({ code, message }: Verdict): string {
  if (code === 1001 || code === 1012) return 'the server is being restarted';
  if (code === 1011) return 'the server failed; its log says why';
  if (code === 4429) return message || 'the server is at its limit of streams';
  return message || 'the connection was lost';
}

import { list, type ApiError } from './api';
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

/** How long the server has to tell why it refused an upgrade, in milliseconds. */
const ANSWER_WITHIN = 3_000;

/** The code of a close frame, or what it would have been where the upgrade was refused. */
export async function codeOf(end: End): Promise<number> {
  // Codes from 4000 on are the server's own; another before the opening is the browser's.
  if (end.opened || end.code >= 4000) return end.code;
  try {
    // A browser keeps to itself why an upgrade failed: an ordinary request tells.
    await list({ page_size: 1 }, AbortSignal.timeout(ANSWER_WITHIN));
  } catch (error) {
    const http = (error as ApiError).http as number | undefined;
    if (http === 401) return 4401;
    if (http === 403) return 4403;
  }
  return 1006;
}

/** What the server said at the end, as a sentence. */
export function messageOf(end: End): string {
  // The reason of a close frame begins with the name of the code, for programs.
  return end.error?.message ?? end.reason.replace(/^[A-Z_]+: /, '');
}

/** Why a connection was lost that is worth coming back to. */
export function why(code: number, end: End): string {
  if (code === 1001 || code === 1012) return 'the server is being restarted';
  if (code === 4429) return 'the server is at its limit of streams';
  if (code === 1011) return 'the server failed; its log says why';
  return messageOf(end) || 'the connection was lost';
}

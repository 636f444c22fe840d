/**
 * The messages of api/logger/v1/logger.proto in their JSON form, as far as the page uses
 * them. Field names are those of the contract; 64-bit numbers are strings.
 */

export type Severity = 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'FATAL';

/** The severities, lowest first. */
export const severities: readonly Severity[] = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];

export interface LogEntry {
  cursor?: string;
  timestamp?: string;
  observed_timestamp?: string;
  severity?: Severity;
  severity_number?: number;
  service?: string;
  host?: string;
  message?: string;
  attributes?: Record<string, string>;
  trace_id?: string;
  span_id?: string;
  filter_revision?: number;
  notice?: Notice;
}

export interface LogFilter {
  query?: string;
  after_cursor?: string;
  since?: string;
  last?: number;
  notices?: boolean;
}

export interface Notice {
  applied?: { revision?: number; cursor?: string; query?: string };
  caught_up?: { revision?: number; cursor?: string };
  progress?: Progress;
  rejected?: Rejected;
  gap?: Gap;
  goodbye?: Goodbye;
}

export interface Goodbye {
  reason?: 'DRAIN' | 'CREDENTIAL_EXPIRED' | 'MAX_AGE' | 'IDLE';
  cursor?: string;
  retry_after?: string;
}

export interface Progress {
  cursor?: string;
  scanned?: string;
  matched?: string;
  behind?: string;
  head_cursor?: string;
  revision?: number;
}

export interface Rejected {
  revision?: number;
  code?: number;
  reason?: string;
  message?: string;
  hint?: string;
  field?: string;
  /** Bytes of the field's UTF-8 text, end excluded. */
  begin?: number;
  end?: number;
}

export type GapReason = 'RETENTION' | 'RATE_LIMIT' | 'SKIPPED_TO_LIVE' | 'DAMAGE';

export interface Gap {
  from_cursor?: string;
  to_cursor?: string;
  entries?: string;
  reason?: GapReason;
}

/** google.rpc.Status. */
export interface Status {
  code?: number;
  message?: string;
  details?: ({ '@type'?: string; reason?: string } & Rejected)[];
}

/** One message of the WebSocket. */
export interface Frame {
  result?: LogEntry;
  error?: Status;
}

export interface Page {
  entries?: LogEntry[];
  next_page_token?: string;
  gaps?: Gap[];
}

export interface FieldValue {
  value?: string;
  entries?: number;
}

export interface Field {
  name: string;
  entries?: number;
  distinct?: number;
  values?: FieldValue[];
}

export interface Fields {
  fields?: Field[];
  entries?: number;
}

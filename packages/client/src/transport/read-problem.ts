import type { ErrorCode } from '@troupe/contracts';
import { type FieldProblem, TroupeApiError } from '../troupe-api-error.js';

/** The fields of `application/problem+json` (RFC 9457) as Troupe fills them. */
interface Problem {
  title?: string;
  detail?: string;
  code?: ErrorCode;
  errors?: FieldProblem[];
  request_id?: string;
  run_id?: string;
  thread_id?: string;
}

/** Longest piece of an answer in another format that is shown. Characters. */
const EXCERPT_LENGTH = 200;

/** Reads the answer to a request that failed; any body will do. */
export async function readProblem(response: Response): Promise<TroupeApiError> {
  const text = await response.text();
  const problem = parseProblem(text);
  const status = response.status;
  const title = problem.title ?? (response.statusText || `HTTP ${status}`);
  const excerpt = text.replace(/\s+/g, ' ').trim().slice(0, EXCERPT_LENGTH);
  return new TroupeApiError({
    status,
    code: problem.code ?? 'unknown',
    title,
    detail: problem.detail ?? `The answer was ${status} ${title}${excerpt === '' ? '' : `: ${excerpt}`}`,
    errors: problem.errors,
    requestId: problem.request_id ?? response.headers.get('x-request-id') ?? undefined,
    runId: problem.run_id,
    threadId: problem.thread_id,
    retryAfterMs: parseRetryAfter(response.headers.get('retry-after')),
  });
}

function parseProblem(text: string): Problem {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null && 'code' in body ? (body as Problem) : {};
  } catch {
    return {};
  }
}

/** `Retry-After` holds seconds or a date (RFC 9110, 10.2.3). Milliseconds from now; undefined when absent or unreadable. */
function parseRetryAfter(value: string | null): number | undefined {
  if (value === null) return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

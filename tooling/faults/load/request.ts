/** A request that no gateway answers in this time is given up, in milliseconds; one that waits for a run may take longer. */
const ANSWER_WITHIN_MS = 10_000;
const RUN_WITHIN_MS = 60_000;

export interface ApiRequest {
  /** Of a gateway. */
  url: string;
  path: string;
  apiKey: string;
  method?: 'GET' | 'POST';
  body?: object;
  idempotencyKey?: string;
  lastEventId?: string;
  /** The answer comes with the end of a run. */
  waitsForRun?: boolean;
  /** With it the caller leaves, also in the middle of the body. */
  leave?: AbortController;
}

/** Sends to the API; resolves with the head of the answer. @throws when the connection breaks or nothing comes in time */
export async function sendRequest(request: ApiRequest): Promise<Response> {
  const { url, path, apiKey, method = 'GET', body, idempotencyKey, lastEventId, waitsForRun = false } = request;
  const leave = request.leave ?? new AbortController();
  const timer = setTimeout(() => leave.abort(), waitsForRun ? RUN_WITHIN_MS : ANSWER_WITHIN_MS);
  try {
    return await fetch(url + path, {
      method,
      headers: {
        'x-api-key': apiKey,
        ...(body && { 'content-type': 'application/json' }),
        ...(idempotencyKey && { 'idempotency-key': idempotencyKey }),
        ...(lastEventId && { 'last-event-id': lastEventId }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: leave.signal,
    });
  } finally {
    clearTimeout(timer);
  }
}

/** What an answer in JSON says about a run: of an accepted one, of one that has ended, of an error that names one. */
export interface RunAnswer {
  runId?: string;
  threadId?: string;
  status?: string;
  response?: string | null;
  output?: unknown;
  code?: string;
}

/** @throws when the body breaks off or is no JSON */
export async function readRunAnswer(answer: Response): Promise<RunAnswer> {
  const body = (await answer.json()) as {
    run_id?: string;
    thread_id?: string;
    status?: string | number;
    response?: string | null;
    output?: unknown;
    code?: string;
    run?: { id: string; thread_id: string; status: string };
  };
  return {
    runId: body.run_id ?? body.run?.id,
    threadId: body.thread_id ?? body.run?.thread_id,
    status: body.run?.status ?? (typeof body.status === 'string' ? body.status : undefined),
    response: body.response,
    ...('output' in body && { output: body.output }),
    code: body.code,
  } as RunAnswer;
}

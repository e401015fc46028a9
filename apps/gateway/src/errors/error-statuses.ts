import type { ErrorCode } from '@troupe/contracts';

/** How an error code looks over HTTP. */
interface ErrorStatus {
  status: number;
  /** The same for every occurrence; what happened this time is in `detail`. */
  title: string;
}

/** Every code has its place here: a new one does not compile before it does. */
export const ERROR_STATUSES: Record<ErrorCode, ErrorStatus> = {
  agent_exists: { status: 409, title: 'The agent exists already' },
  agent_not_found: { status: 404, title: 'Unknown agent' },
  answer_withdrawn: { status: 500, title: 'The answer began anew' },
  batch_not_found: { status: 404, title: 'Unknown batch' },
  body_too_large: { status: 413, title: 'The body is too large' },
  budget_exceeded: { status: 402, title: 'The budget is used up' },
  budget_exists: { status: 409, title: 'The budget exists already' },
  budget_not_found: { status: 404, title: 'Unknown budget' },
  database_unavailable: { status: 503, title: 'The database cannot be reached' },
  deadline_exceeded: { status: 504, title: 'The deadline has passed' },
  forbidden: { status: 403, title: 'Not allowed' },
  idempotency_key_in_use: { status: 409, title: 'The first request with this key is under way' },
  idempotency_key_reused: { status: 422, title: 'The key belongs to another request' },
  idempotency_outcome_unknown: { status: 409, title: 'What became of the first request is not known' },
  internal_error: { status: 500, title: 'Internal error' },
  invalid_request: { status: 400, title: 'Invalid request' },
  limit_exceeded: { status: 422, title: 'The call is larger than a limit' },
  limit_not_found: { status: 404, title: 'Unknown limit' },
  malformed_json: { status: 400, title: 'Malformed JSON' },
  max_turns_exceeded: { status: 422, title: 'Too many turns' },
  message_not_found: { status: 404, title: 'Unknown message' },
  method_not_allowed: { status: 405, title: 'Method not allowed' },
  model_not_found: { status: 422, title: 'Unknown model' },
  not_found: { status: 404, title: 'Not found' },
  output_invalid: { status: 502, title: 'The model did not give what its output schema asks for' },
  provider_authentication_failed: { status: 502, title: 'The provider refuses our key' },
  provider_bad_response: { status: 502, title: 'The provider sent something unusable' },
  provider_content_filtered: { status: 422, title: 'The provider filtered the content' },
  provider_invalid_request: { status: 422, title: 'The provider refuses the request' },
  provider_not_configured: { status: 422, title: 'The provider is not configured' },
  provider_overloaded: { status: 503, title: 'The provider is overloaded' },
  provider_quota_exceeded: { status: 502, title: 'The quota with the provider is used up' },
  provider_rate_limited: { status: 429, title: 'The provider limits requests' },
  provider_stream_interrupted: { status: 502, title: 'The provider stopped in the middle of an answer' },
  provider_timeout: { status: 504, title: 'The provider did not answer in time' },
  provider_unavailable: { status: 502, title: 'The provider cannot be reached' },
  queue_full: { status: 429, title: 'Too many runs are waiting' },
  redis_unavailable: { status: 503, title: 'Redis cannot be reached' },
  run_cancelled: { status: 409, title: 'The run was cancelled' },
  run_not_found: { status: 404, title: 'Unknown run' },
  run_not_replayable: { status: 409, title: 'The run cannot be replayed' },
  run_poisoned: { status: 500, title: 'The run kept crashing its workers' },
  run_terminal: { status: 409, title: 'The run has ended' },
  server_overloaded: { status: 503, title: 'The server is overloaded' },
  server_stopping: { status: 503, title: 'The server is stopping' },
  thread_busy: { status: 409, title: 'The thread is busy' },
  thread_not_found: { status: 404, title: 'Unknown thread' },
  tool_not_found: { status: 422, title: 'Unknown tool' },
  turn_timeout: { status: 504, title: 'The model took too long' },
  unauthenticated: { status: 401, title: 'A key is needed' },
  unsupported_media_type: { status: 415, title: 'Unsupported media type' },
};

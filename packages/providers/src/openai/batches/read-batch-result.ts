import type { JsonObject } from '@troupe/contracts';
import type { BatchResult } from '@troupe/spec';
import { readWireCustomId } from '../../shared/batch-custom-id.js';
import { isJsonObject } from '../../shared/parse-tool-arguments.js';
import type { ProviderErrors } from '../../shared/provider-errors.js';
import { MalformedAnswer, ReportedFailure } from '../../shared/provider-failure.js';
import { mapOpenAiError, reasonOf } from '../map-openai-error.js';
import type { BatchEndpoint } from './batch-endpoint.js';
import type { WireResultLine } from './openai-batch-wire.js';

/** One line of a file of results. @throws TroupeError for a line that names no request of ours */
export function readBatchResult(line: JsonObject, endpoint: BatchEndpoint, errors: ProviderErrors): BatchResult {
  const { custom_id, response, error } = line as WireResultLine;
  let customId = '';
  try {
    ({ customId } = readWireCustomId(custom_id));
    if (error?.code === 'batch_expired') return { customId, status: 'expired' };
    if (error?.code === 'batch_cancelled') return { customId, status: 'cancelled' };
    if (error) throw new ReportedFailure(mapOpenAiError(error));
    return { customId, status: 'completed', response: readResponse(response, endpoint) };
  } catch (thrown) {
    const failure = errors.fromThrown(thrown, 'body');
    if (customId === '') throw failure;
    return { customId, status: 'failed', error: failure };
  }
}

function readResponse(response: WireResultLine['response'], endpoint: BatchEndpoint) {
  const { status_code: status = 0, body } = response ?? {};
  if (status >= 400) {
    const { error } = body ?? {};
    const code = error?.code ?? error?.type;
    throw new ReportedFailure({ status, message: reasonOf(error ?? {}), ...(code && { code: String(code) }) });
  }
  if (!isJsonObject(body)) throw new MalformedAnswer('a result without an answer');
  return endpoint.read(body);
}

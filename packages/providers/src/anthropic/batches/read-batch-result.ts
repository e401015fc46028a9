import type { JsonObject } from '@troupe/contracts';
import type { BatchResult, ModelResponse } from '@troupe/spec';
import { readAnswerTool } from '../../shared/answer-tool.js';
import { readWireCustomId } from '../../shared/batch-custom-id.js';
import type { ProviderErrors } from '../../shared/provider-errors.js';
import { MalformedAnswer, ReportedFailure } from '../../shared/provider-failure.js';
import { AnthropicMessageParser } from '../anthropic-message-parser.js';
import type { WireAnswer } from '../anthropic-wire.js';
import { mapAnthropicError } from '../map-anthropic-error.js';
import type { WireResultLine } from './anthropic-batch-wire.js';

export interface ResultOrigin {
  provider: string;
  /** The model's name in Anthropic's words. */
  model: string;
  errors: ProviderErrors;
}

/** One line of the results. @throws TroupeError for a line that names no request of ours */
export function readBatchResult(line: JsonObject, origin: ResultOrigin): BatchResult {
  const { custom_id, result = {} } = line as WireResultLine;
  let customId = '';
  try {
    ({ customId } = readWireCustomId(custom_id));
    switch (result.type) {
      case 'canceled':
        return { customId, status: 'cancelled' };
      case 'expired':
        return { customId, status: 'expired' };
      case 'errored':
        throw new ReportedFailure(mapAnthropicError(result.error?.error ?? {}));
      case 'succeeded':
        return { customId, status: 'completed', response: readMessage(result.message, origin) };
      default:
        throw new MalformedAnswer(`a result of the type "${result.type}"`);
    }
  } catch (thrown) {
    const failure = origin.errors.fromThrown(thrown, 'body');
    if (customId === '') throw failure;
    return { customId, status: 'failed', error: failure };
  }
}

function readMessage(message: WireAnswer | undefined, { provider, model }: ResultOrigin): ModelResponse {
  if (message === undefined) throw new MalformedAnswer('a result without an answer');
  // Answers of batches bring their usage: what was asked is needed only to guess it.
  const parser = new AnthropicMessageParser({ messages: [] }, model, provider);
  parser.read(message);
  return readAnswerTool(parser.finish());
}

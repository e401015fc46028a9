import type { ModelRequest, ModelResponse } from '@troupe/spec';
import { readAnswerTool } from '../../shared/answer-tool.js';
import { ChatCompletionParser } from '../chat-completion-parser.js';
import type { ChatTarget } from '../chat-target.js';
import { convertToOpenAiRequest } from '../convert-to-openai-request.js';
import type { WireChunk } from '../openai-wire.js';
import { convertToResponsesRequest } from '../responses/convert-to-responses-request.js';
import { ResponsesParser } from '../responses/responses-parser.js';
import type { WireResponse } from '../responses/responses-wire.js';

/** Which API the requests of a batch are for: they are written and read as live ones are. */
export interface BatchEndpoint {
  url: '/v1/chat/completions' | '/v1/responses';
  toBody(request: ModelRequest): object;
  /** @throws ReportedFailure, MalformedAnswer */
  read(body: object): ModelResponse;
}

/** Answers of batches bring their usage: what was asked is needed only to guess it. */
const unknownRequest: ModelRequest = { messages: [] };

export function chatBatchEndpoint(target: ChatTarget): BatchEndpoint {
  return {
    url: '/v1/chat/completions',
    toBody: (request) => convertToOpenAiRequest(request, target),
    read: (body) => {
      const parser = new ChatCompletionParser(unknownRequest, target.model);
      parser.read(body satisfies WireChunk, []);
      return readAnswerTool(parser.finish());
    },
  };
}

export function responsesBatchEndpoint(provider: string, model: string): BatchEndpoint {
  return {
    url: '/v1/responses',
    toBody: (request) => convertToResponsesRequest(request, provider, model),
    read: (body) => {
      const parser = new ResponsesParser(unknownRequest, provider, model);
      parser.read(body satisfies WireResponse, []);
      return parser.finish();
    },
  };
}

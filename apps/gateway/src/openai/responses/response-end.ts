import type { ChatFinishReason, ChatUsage } from '../chat-completion.js';
import type { OutputItem, ResponseBody, ResponseUsage } from './response-body.js';

/** A response with everything that was answered. */
export function endedResponse(
  response: ResponseBody,
  output: OutputItem[],
  reason: ChatFinishReason,
  usage: ChatUsage,
): ResponseBody {
  const incomplete = INCOMPLETE[reason];
  return {
    ...response,
    status: incomplete ? 'incomplete' : 'completed',
    completed_at: incomplete ? null : secondsNow(),
    incomplete_details: incomplete ? { reason: incomplete } : null,
    output,
    usage: responseUsage(usage),
  };
}

const INCOMPLETE: Partial<Record<ChatFinishReason, 'max_output_tokens' | 'content_filter'>> = {
  length: 'max_output_tokens',
  content_filter: 'content_filter',
};

export function responseUsage(usage: ChatUsage): ResponseUsage {
  return {
    input_tokens: usage.prompt_tokens,
    input_tokens_details: usage.prompt_tokens_details,
    output_tokens: usage.completion_tokens,
    output_tokens_details: usage.completion_tokens_details,
    total_tokens: usage.total_tokens,
  };
}

function secondsNow(): number {
  return Math.floor(Date.now() / 1_000);
}

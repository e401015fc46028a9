import type {
  CacheControlEphemeral,
  ContentBlockParam,
  MessageParam,
  TextBlockParam,
  Tool,
} from '@anthropic-ai/sdk/resources/messages';
import type { ModelSettings } from '@troupe/contracts';

interface CacheableBody {
  system?: string | TextBlockParam[];
  messages: MessageParam[];
  tools?: Tool[];
}

/**
 * Marks where repeated beginnings end, in the order in which the cache reads a request: the last tool, the system text,
 * the last turn of the user. That is three of the four marks that the API takes.
 */
export function markCacheBreakpoints<Body extends CacheableBody>(
  body: Body,
  setting: ModelSettings['prompt_cache'],
): Body {
  if (setting === 'off') return body;
  const cache_control: CacheControlEphemeral = { type: 'ephemeral', ...(setting === '1h' && { ttl: '1h' }) };
  const { system, tools, messages } = body;
  const lastTool = tools?.at(-1);
  return {
    ...body,
    ...(typeof system === 'string' && { system: [{ type: 'text', text: system, cache_control }] }),
    ...(tools !== undefined &&
      lastTool !== undefined && { tools: [...tools.slice(0, -1), { ...lastTool, cache_control }] }),
    // Writing costs a quarter more than reading afresh: a single question that no tool will bring back is not written.
    ...((setting !== undefined || willContinue(body)) && { messages: markLastTurn(messages, cache_control) }),
  };
}

function willContinue({ tools, messages }: CacheableBody): boolean {
  return messages.length > 1 || (tools !== undefined && tools.length > 0);
}

/** Requests end with the user: what tools answered, or what was asked. */
function markLastTurn(messages: MessageParam[], cache_control: CacheControlEphemeral): MessageParam[] {
  const last = messages.at(-1);
  if (last?.role !== 'user' || typeof last.content === 'string') return messages;
  const block = last.content.at(-1);
  if (block === undefined) return messages;
  const marked = { ...block, cache_control } as ContentBlockParam;
  return [...messages.slice(0, -1), { ...last, content: [...last.content.slice(0, -1), marked] }];
}

import type { ContentBlockParam, MessageParam } from '@anthropic-ai/sdk/resources/messages';
import { type ContentPart, type FilePart, type ImagePart, type JsonValue, TroupeError } from '@troupe/contracts';
import type { ModelMessage } from '@troupe/spec';
import { isJsonObject } from '../shared/parse-tool-arguments.js';
import type { ClaudeTraits } from './claude-traits.js';

/** Who must have written thinking that is to go back. */
export interface ThinkingOrigin {
  provider: string;
  model: string;
}

type Turn = { role: 'user' | 'assistant'; content: ContentBlockParam[] };

/**
 * Turns of user and assistant in alternation, the user first: tool results travel in the user's turn, together with
 * what the user says next. Blank texts are left out, since the API refuses them.
 *
 * Thinking goes back as it came, to the model that wrote it and to no other. Where blocks are bound to the conversation
 * before them, which memory may have shortened since, only those of the tool loop under way go back.
 */
export function convertToAnthropicMessages(
  messages: readonly ModelMessage[],
  origin: ThinkingOrigin,
  { bindsThinking }: Pick<ClaudeTraits, 'bindsThinking'>,
): MessageParam[] {
  const turns: Turn[] = [];
  const loopAt = messages.findLastIndex(({ role }) => role === 'user');
  for (const [index, message] of messages.entries()) {
    const keepsThinking = !bindsThinking || index > loopAt;
    const parts = keepsThinking ? message.content : message.content.filter(({ type }) => type !== 'reasoning');
    const content = parts.flatMap((part) => convertPart(part, origin));
    if (content.length === 0) continue;
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const last = turns.at(-1);
    if (last?.role === role) last.content.push(...content);
    else turns.push({ role, content });
  }
  // A thread may open with the agent's greeting, or have lost its beginning to the memory strategy.
  if (turns[0]?.role === 'assistant') {
    turns.unshift({ role: 'user', content: [{ type: 'text', text: '(The conversation begins.)' }] });
  }
  return turns;
}

function convertPart(part: ContentPart, origin: ThinkingOrigin): ContentBlockParam[] {
  switch (part.type) {
    case 'text':
      return part.text.trim() === '' ? [] : [{ type: 'text', text: part.text }];
    case 'image':
      return [convertImage(part)];
    case 'file':
      return [convertFile(part)];
    case 'reasoning': {
      const { opaque } = part;
      const isOurs = opaque?.provider === origin.provider && opaque.model === origin.model;
      return isOurs && isThinkingBlock(opaque.data) ? [opaque.data] : [];
    }
    case 'tool_call':
      return [{ type: 'tool_use', id: part.id, name: part.name, input: part.arguments }];
    case 'tool_result':
      return [
        {
          type: 'tool_result',
          tool_use_id: part.tool_call_id,
          ...(part.content !== '' && { content: part.content }),
          ...(part.status === 'failed' && { is_error: true }),
        },
      ];
  }
}

/** What an envelope of this provider holds: a block as the API sent it. */
function isThinkingBlock(data: JsonValue): data is JsonValue & ContentBlockParam {
  return isJsonObject(data) && (data.type === 'thinking' || data.type === 'redacted_thinking');
}

/** @throws TroupeError for a document of a kind that the API does not take as bytes */
function convertFile({ name, media_type, source }: FilePart): ContentBlockParam {
  if (source.type === 'url') return { type: 'document', title: name, source };
  if (media_type === 'application/pdf') {
    return { type: 'document', title: name, source: { type: 'base64', media_type, data: source.data } };
  }
  if (media_type.startsWith('text/')) {
    const data = Buffer.from(source.data, 'base64').toString('utf8');
    return { type: 'document', title: name, source: { type: 'text', media_type: 'text/plain', data } };
  }
  throw new TroupeError({
    code: 'provider_invalid_request',
    fault: 'caller',
    message: `Anthropic reads PDF and text, not "${media_type}" (${name}). Send the document as one of these.`,
  });
}

const mediaTypes = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'] as const;

function convertImage({ source }: ImagePart): ContentBlockParam {
  if (source.type === 'url') return { type: 'image', source };
  // What else the API takes some day it takes under this name too; what it does not take it refuses with a reason.
  const media_type = mediaTypes.find((type) => type === source.media_type) ?? (source.media_type as 'image/png');
  return { type: 'image', source: { type: 'base64', media_type, data: source.data } };
}

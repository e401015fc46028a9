import type { ModelSettings } from '@troupe/contracts';
import type { ModelRequest } from '@troupe/spec';
import { fieldError, invalidRequest } from '../errors/invalid-request.js';
import type { BatchItemDto, BatchMessageDto } from './create-batch.dto.js';
import { partsOf } from './message-content.js';

/**
 * An item in the runtime's words. System messages come first wherever they stood: providers know one system text.
 * @throws TroupeError `invalid_request`
 */
export function batchModelRequest(item: BatchItemDto): ModelRequest {
  const all = messagesOf(item);
  const spoken = all.filter(({ role }) => role !== 'system');
  if (spoken.length === 0) throw wrong('messages', 'messages must hold at least one message of a user.');
  const system = [item.system, ...all.filter(({ role }) => role === 'system').map(textOfSystem)].filter(Boolean);
  const settings = settingsOf(item);
  return {
    ...(system.length > 0 && { system: system.join('\n\n') }),
    messages: spoken.map(({ role, content }) => ({
      role: role === 'assistant' ? 'assistant' : 'user',
      content: partsOf(content),
    })),
    ...(item.output_schema && { outputSchema: { name: 'output', schema: item.output_schema } }),
    ...(settings && { settings }),
  };
}

function messagesOf({ messages, message }: BatchItemDto): Pick<BatchMessageDto, 'role' | 'content'>[] {
  if (messages != null && message != null) throw wrong('message', 'message and messages exclude each other.');
  if (messages != null) return messages;
  if (message != null) return [{ role: 'user', content: message }];
  throw wrong('messages', 'messages or message is required.');
}

function textOfSystem({ content }: Pick<BatchMessageDto, 'content'>): string {
  return partsOf(content)
    .map((part) => {
      if (part.type !== 'text') throw wrong('messages', 'messages of the system hold text only.');
      return part.text;
    })
    .join('\n\n');
}

/** Without what was left out: null is no setting. */
function settingsOf({ settings }: BatchItemDto): ModelSettings | undefined {
  const set = Object.entries(settings ?? {}).filter(([, value]) => value !== undefined && value !== null);
  return set.length === 0 ? undefined : Object.fromEntries(set);
}

function wrong(field: string, message: string) {
  return invalidRequest([fieldError([field], message)]);
}

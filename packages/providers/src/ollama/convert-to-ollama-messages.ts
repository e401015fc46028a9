import { type ContentPart, TroupeError, textOf } from '@troupe/contracts';
import type { ModelMessage, ModelRequest } from '@troupe/spec';
import { isJsonObject } from '../shared/parse-tool-arguments.js';
import type { WireMessage } from './ollama-wire.js';

/** The system prompt first, tool results as messages of their own, images as base64 beside the text. */
export function convertToOllamaMessages({ system, messages }: ModelRequest, model: string): WireMessage[] {
  const converted: WireMessage[] = [];
  if (system) converted.push({ role: 'system', content: system });
  for (const message of messages) converted.push(...convertMessage(message, model));
  return converted;
}

function convertMessage({ role, content }: ModelMessage, model: string): WireMessage[] {
  switch (role) {
    case 'user': {
      const images = imagesOf(content);
      return [{ role, content: textOf(content), ...(images.length > 0 && { images }) }];
    }
    case 'assistant': {
      const calls = content.filter((part) => part.type === 'tool_call');
      const thinking = thinkingOf(content, model);
      return [
        {
          role,
          content: textOf(content),
          ...(thinking !== undefined && { thinking }),
          ...(calls.length > 0 && {
            tool_calls: calls.map((call) => ({
              id: call.id,
              function: { name: call.name, arguments: call.arguments },
            })),
          }),
        },
      ];
    }
    case 'tool':
      return content
        .filter((part) => part.type === 'tool_result')
        .map((part) => ({ role, content: part.content, tool_name: part.name, tool_call_id: part.tool_call_id }));
  }
}

/** @throws TroupeError for an image that is only a URL: the server fetches none, and fetching is not ours to do */
function imagesOf(content: ContentPart[]): string[] {
  return content
    .filter((part) => part.type === 'image')
    .map(({ source }) => {
      if (source.type === 'base64') return source.data;
      throw new TroupeError({
        code: 'provider_invalid_request',
        fault: 'caller',
        message: 'Ollama fetches no images. Send the image itself, as base64, in place of its URL.',
      });
    });
}

function thinkingOf(content: ContentPart[], model: string): string | undefined {
  for (const part of content) {
    if (part.type !== 'reasoning' || part.opaque?.provider !== 'ollama' || part.opaque.model !== model) continue;
    const { data } = part.opaque;
    if (isJsonObject(data) && typeof data.thinking === 'string') return data.thinking;
  }
  return undefined;
}

import { type ContentPart, textOf } from '@troupe/contracts';
import type { ModelMessage, ModelRequest } from '@troupe/spec';
import { inlineText } from '../shared/inline-text.js';
import { isJsonObject } from '../shared/parse-tool-arguments.js';
import { refuseRequest } from '../shared/refuse-request.js';
import type { WireMessage } from './ollama-wire.js';

/** Which model of which provider: thinking goes back to the one that wrote it. */
export interface OllamaTarget {
  provider: string;
  model: string;
}

/** The system prompt first, tool results as messages of their own, images as base64 beside the text. */
export function convertToOllamaMessages({ system, messages }: ModelRequest, target: OllamaTarget): WireMessage[] {
  const converted: WireMessage[] = [];
  if (system) converted.push({ role: 'system', content: system });
  for (const message of messages) converted.push(...convertMessage(message, target));
  return converted;
}

function convertMessage({ role, content }: ModelMessage, target: OllamaTarget): WireMessage[] {
  switch (role) {
    case 'user': {
      const images = imagesOf(content);
      return [{ role, content: textWithFiles(content), ...(images.length > 0 && { images }) }];
    }
    case 'assistant': {
      const calls = content.filter((part) => part.type === 'tool_call');
      const thinking = thinkingOf(content, target);
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
      throw refuseRequest('Ollama fetches no images. Send the image itself, as base64, in place of its URL.');
    });
}

/** Files that are text stand among the text, apart from what is said. @throws TroupeError for other files */
function textWithFiles(content: ContentPart[]): string {
  if (!content.some(({ type }) => type === 'file')) return textOf(content);
  const pieces = content.flatMap((part) => {
    if (part.type === 'text') return [part.text];
    if (part.type !== 'file') return [];
    const text = inlineText(part);
    if (text !== undefined) return [text];
    throw refuseRequest(
      part.source.type === 'url'
        ? `Ollama fetches no files. Send the text of "${part.name}" in place of its URL.`
        : `Ollama reads no files of type "${part.media_type}". Send the text of "${part.name}" in its place.`,
    );
  });
  return pieces.join('\n\n');
}

function thinkingOf(content: ContentPart[], { provider, model }: OllamaTarget): string | undefined {
  for (const part of content) {
    if (part.type !== 'reasoning' || part.opaque?.provider !== provider || part.opaque.model !== model) continue;
    const { data } = part.opaque;
    if (isJsonObject(data) && typeof data.thinking === 'string') return data.thinking;
  }
  return undefined;
}

import { type ContentPart, type FilePart, type ImagePart, textOf } from '@troupe/contracts';
import type { ModelMessage } from '@troupe/spec';
import type { ResponseInputContent, ResponseInputItem } from 'openai/resources/responses/responses';
import { inlineText } from '../../shared/inline-text.js';
import { itemsAsTheyCame } from './output-skeleton.js';

/** Messages as items: answers of this very model as they came, everything else plain and without reasoning. */
export function convertToResponsesInput(
  messages: readonly ModelMessage[],
  provider: string,
  model: string,
): ResponseInputItem[] {
  return messages.flatMap((message) => convertMessage(message, provider, model));
}

function convertMessage({ role, content }: ModelMessage, provider: string, model: string): ResponseInputItem[] {
  switch (role) {
    case 'user':
      return [{ role, content: convertUserContent(content) }];
    case 'assistant': {
      const items = itemsAsTheyCame(content, provider, model);
      return items === undefined ? plainItems(content) : (items as unknown as ResponseInputItem[]);
    }
    case 'tool':
      return content
        .filter((part) => part.type === 'tool_result')
        .map((part) => ({ type: 'function_call_output', call_id: part.tool_call_id, output: part.content }));
  }
}

function convertUserContent(content: ContentPart[]): string | ResponseInputContent[] {
  const parts = content.flatMap((part): ResponseInputContent[] => {
    if (part.type === 'text') return [{ type: 'input_text', text: part.text }];
    if (part.type === 'image') return [convertImage(part)];
    return part.type === 'file' ? [convertFile(part)] : [];
  });
  const [only] = parts;
  if (only === undefined) return '';
  return parts.length === 1 && only.type === 'input_text' ? only.text : parts;
}

function convertImage({ source }: ImagePart): ResponseInputContent {
  const image_url = source.type === 'url' ? source.url : `data:${source.media_type};base64,${source.data}`;
  return { type: 'input_image', image_url, detail: 'auto' };
}

function convertFile(file: FilePart): ResponseInputContent {
  const text = inlineText(file);
  if (text !== undefined) return { type: 'input_text', text };
  const { name, media_type, source } = file;
  if (source.type === 'url') return { type: 'input_file', file_url: source.url };
  return { type: 'input_file', filename: name, file_data: `data:${media_type};base64,${source.data}` };
}

/** Calls without the ids of their items: with one, the reasoning before it would be asked for. */
function plainItems(content: ContentPart[]): ResponseInputItem[] {
  const items: ResponseInputItem[] = [];
  const text = textOf(content);
  if (text !== '') items.push({ role: 'assistant', content: text });
  for (const part of content) {
    if (part.type !== 'tool_call') continue;
    // Invalid arguments go back as `{}`: the tool's result tells what was wrong.
    const args = JSON.stringify(part.arguments);
    items.push({ type: 'function_call', call_id: part.id, name: part.name, arguments: args });
  }
  return items;
}

import type { ContentPart, FilePart, ImagePart } from '@troupe/contracts';
import type { ModelMessage, ModelRequest } from '@troupe/spec';
import type { ChatCompletionContentPart, ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import { inlineText } from '../shared/inline-text.js';
import { refuseRequest } from '../shared/refuse-request.js';

/** What besides text a server takes from users. Files that are text are sent as text everywhere. */
export interface AcceptedMedia {
  images: boolean;
  /** `base64`: only their bytes; `any`: an address as well. */
  files: 'base64' | 'any' | 'none';
}

const openAiMedia: AcceptedMedia = { images: true, files: 'base64' };

/** The system prompt first, tool results as messages of their own. Reasoning is left out: OpenAI takes none back. */
export function convertToOpenAiMessages(
  { system, messages }: ModelRequest,
  systemRole: 'system' | 'developer' = 'system',
  accepted = openAiMedia,
): ChatCompletionMessageParam[] {
  const converted: ChatCompletionMessageParam[] = [];
  if (system) converted.push({ role: systemRole, content: system });
  for (const message of messages) converted.push(...convertMessage(message, accepted));
  return converted;
}

/** @throws TroupeError for images and files that the server does not take */
export function convertMessage(
  { role, content }: ModelMessage,
  accepted: AcceptedMedia = openAiMedia,
): ChatCompletionMessageParam[] {
  switch (role) {
    case 'user':
      return [{ role, content: convertUserContent(content, accepted) }];
    case 'assistant':
      return [convertAssistantMessage(content)];
    case 'tool':
      return content
        .filter((part) => part.type === 'tool_result')
        .map((part) => ({ role, tool_call_id: part.tool_call_id, content: part.content }));
  }
}

/** A plain text stays a string, which every compatible server understands. */
function convertUserContent(content: ContentPart[], accepted: AcceptedMedia): string | ChatCompletionContentPart[] {
  const parts = content.flatMap((part): ChatCompletionContentPart[] => {
    if (part.type === 'text') return [{ type: 'text', text: part.text }];
    if (part.type === 'image') return [convertImage(part, accepted)];
    return part.type === 'file' ? [convertFile(part, accepted)] : [];
  });
  const [only] = parts;
  if (only === undefined) return '';
  return parts.length === 1 && only.type === 'text' ? only.text : parts;
}

function convertImage({ source }: ImagePart, { images }: AcceptedMedia): ChatCompletionContentPart {
  if (!images) throw refuseRequest('This model takes no images. Describe the image in words, or choose another model.');
  const url = source.type === 'url' ? source.url : `data:${source.media_type};base64,${source.data}`;
  return { type: 'image_url', image_url: { url } };
}

function convertFile(file: FilePart, { files }: AcceptedMedia): ChatCompletionContentPart {
  const text = inlineText(file);
  if (text !== undefined) return { type: 'text', text };
  const { name, media_type, source } = file;
  if (files === 'none') {
    throw refuseRequest(`This model takes no files such as "${name}". Send its text, or choose another model.`);
  }
  if (source.type === 'url' && files === 'base64') {
    throw refuseRequest(`The file "${name}" is only an address, and it is not fetched here. Send its bytes as base64.`);
  }
  const file_data = source.type === 'url' ? source.url : `data:${media_type};base64,${source.data}`;
  return { type: 'file', file: { filename: name, file_data } };
}

function convertAssistantMessage(content: ContentPart[]): ChatCompletionMessageParam {
  const text = content
    .filter((part) => part.type === 'text')
    .map((part) => part.text)
    .join('');
  const calls = content.filter((part) => part.type === 'tool_call');
  if (calls.length === 0) return { role: 'assistant', content: text };
  return {
    role: 'assistant',
    content: text === '' ? null : text,
    tool_calls: calls.map((call) => ({
      id: call.id,
      type: 'function',
      // Invalid arguments go back as `{}`: upstreams parse this text, and the tool's result tells what was wrong.
      function: { name: call.name, arguments: JSON.stringify(call.arguments) },
    })),
  };
}

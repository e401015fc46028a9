import type { ContentPart, ImagePart } from '@troupe/contracts';
import type { ModelMessage, ModelRequest } from '@troupe/spec';
import type { ChatCompletionContentPart, ChatCompletionMessageParam } from 'openai/resources/chat/completions';

/** The system prompt first, tool results as messages of their own. Reasoning is left out: OpenAI takes none back. */
export function convertToOpenAiMessages({ system, messages }: ModelRequest): ChatCompletionMessageParam[] {
  const converted: ChatCompletionMessageParam[] = [];
  if (system) converted.push({ role: 'system', content: system });
  for (const message of messages) converted.push(...convertMessage(message));
  return converted;
}

export function convertMessage({ role, content }: ModelMessage): ChatCompletionMessageParam[] {
  switch (role) {
    case 'user':
      return [{ role, content: convertUserContent(content) }];
    case 'assistant':
      return [convertAssistantMessage(content)];
    case 'tool':
      return content
        .filter((part) => part.type === 'tool_result')
        .map((part) => ({ role, tool_call_id: part.tool_call_id, content: part.content }));
  }
}

/** A plain text stays a string, which every compatible server understands. */
function convertUserContent(content: ContentPart[]): string | ChatCompletionContentPart[] {
  const parts = content.filter((part) => part.type === 'text' || part.type === 'image');
  if (parts.length === 0) return '';
  const [only] = parts;
  if (parts.length === 1 && only?.type === 'text') return only.text;
  return parts.map((part) =>
    part.type === 'text'
      ? { type: 'text', text: part.text }
      : { type: 'image_url', image_url: { url: imageUrl(part) } },
  );
}

function imageUrl({ source }: ImagePart): string {
  return source.type === 'url' ? source.url : `data:${source.media_type};base64,${source.data}`;
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

import {
  type ContentPart,
  type ModelMessage,
  type ModelRequest,
  mergeProviderOptions,
  refuseRequest,
} from 'troupe/provider-kit';

export interface AcmeTarget {
  /** Whose `provider_options` are meant. */
  provider: string;
  model: string;
  stream: boolean;
}

/** A request in Acme's words. What Acme cannot do is refused before anything is sent, never left out in silence. */
export function convertToAcmeRequest(request: ModelRequest, { provider, model, stream }: AcmeTarget): object {
  const { system, messages, tools = [], toolChoice, outputSchema, outputConstraint, settings = {} } = request;
  if (outputConstraint !== undefined) {
    throw refuseRequest('Acme cannot be held to a pattern. Give an output schema instead.');
  }
  const { temperature, top_p, max_tokens, stop = [] } = settings;
  const body = {
    model,
    stream,
    ...(stream && { stream_options: { include_usage: true } }),
    messages: [...(system ? [{ role: 'system', content: system }] : []), ...messages.flatMap(convertMessage)],
    ...(tools.length > 0 && {
      tools: tools.map(({ name, description, parameters }) => ({
        type: 'function',
        function: { name, description, parameters },
      })),
      ...(toolChoice !== undefined && {
        tool_choice:
          typeof toolChoice === 'string' ? toolChoice : { type: 'function', function: { name: toolChoice.name } },
      }),
    }),
    ...(outputSchema !== undefined && {
      response_format: { type: 'json_schema', json_schema: { ...outputSchema, strict: false } },
    }),
    ...(temperature !== undefined && { temperature }),
    ...(top_p !== undefined && { top_p }),
    ...(max_tokens !== undefined && { max_tokens }),
    ...(stop.length > 0 && { stop }),
  };
  return mergeProviderOptions(body, settings, provider);
}

function convertMessage({ role, content }: ModelMessage): object[] {
  switch (role) {
    case 'user':
      return [{ role, content: content.flatMap(convertUserPart) }];
    case 'assistant': {
      const calls = content.filter((part) => part.type === 'tool_call');
      return [
        {
          role,
          // Reasoning is left out: Acme takes none back.
          content: content.map((part) => (part.type === 'text' ? part.text : '')).join(''),
          ...(calls.length > 0 && {
            tool_calls: calls.map((call) => ({
              id: call.id,
              type: 'function',
              function: { name: call.name, arguments: JSON.stringify(call.arguments) },
            })),
          }),
        },
      ];
    }
    case 'tool':
      return content
        .filter((part) => part.type === 'tool_result')
        .map((part) => ({ role, tool_call_id: part.tool_call_id, content: part.content }));
  }
}

function convertUserPart(part: ContentPart): object[] {
  switch (part.type) {
    case 'text':
      return [{ type: 'text', text: part.text }];
    case 'image': {
      const { source } = part;
      const url = source.type === 'url' ? source.url : `data:${source.media_type};base64,${source.data}`;
      return [{ type: 'image_url', image_url: { url } }];
    }
    case 'file':
      throw refuseRequest(`Acme takes no files such as "${part.name}". Send its text.`);
    default:
      return [];
  }
}

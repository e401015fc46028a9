import type { ModelRequest } from '@troupe/spec';
import { fieldError, invalidRequest } from '../errors/invalid-request.js';
import type { DirectDto } from './direct.dto.js';

/**
 * The request in the runtime's words. System messages come first wherever they stood: providers know one system text.
 * @throws TroupeError `invalid_request` when nobody but the system speaks: providers refuse that.
 */
export function directModelRequest(body: DirectDto): ModelRequest {
  const spoken = body.messages.filter(({ role }) => role !== 'system');
  if (spoken.length === 0) {
    throw invalidRequest([fieldError(['messages'], 'messages must hold at least one message of a user.')]);
  }
  const system = body.messages.filter(({ role }) => role === 'system').map(({ content }) => content);
  const temperature = body.temperature ?? undefined;
  const max_tokens = body.max_tokens ?? undefined;
  return {
    ...(system.length > 0 && { system: system.join('\n\n') }),
    messages: spoken.map(({ role, content }) => ({
      role: role === 'assistant' ? 'assistant' : 'user',
      content: [{ type: 'text', text: content }],
    })),
    ...(body.output_schema && { outputSchema: { name: 'output', schema: body.output_schema } }),
    settings: { ...(temperature !== undefined && { temperature }), ...(max_tokens !== undefined && { max_tokens }) },
  };
}

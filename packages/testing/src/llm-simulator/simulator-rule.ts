import { z } from 'zod';
import type { SimulatedReply } from './replies/simulated-reply.js';
import { simulatedReplySchema } from './replies/simulated-reply.js';
import type { SimulatedRequest } from './simulated-request.js';
import { simulatedProviders } from './simulated-request.js';

/** A predicate as data, for rules that come over HTTP. All given fields must hold; texts match without case. */
export const requestMatcherSchema = z.strictObject({
  provider: z.enum(simulatedProviders).optional(),
  model: z.string().optional(),
  stream: z.boolean().optional(),
  lastUserTextIncludes: z.string().optional(),
  anyTextIncludes: z.string().optional(),
  hasTools: z.boolean().optional(),
  /** The request ends with tool results. */
  endsWithToolResult: z.boolean().optional(),
  hasResponseSchema: z.boolean().optional(),
});

export type RequestMatcher = z.infer<typeof requestMatcherSchema>;

export const simulatorRuleSchema = z.strictObject({
  when: requestMatcherSchema.default({}),
  reply: simulatedReplySchema,
  times: z.number().int().positive().optional(),
});

export interface SimulatorRule {
  /** Absent: every request. */
  when?: RequestMatcher | ((request: SimulatedRequest) => boolean);
  reply: SimulatedReply | ((request: SimulatedRequest) => SimulatedReply);
  /** How often the rule answers before it retires; absent: always. */
  times?: number;
}

export function ruleMatches(rule: SimulatorRule, request: SimulatedRequest): boolean {
  if (rule.when === undefined) return true;
  if (typeof rule.when === 'function') return rule.when(request);
  const { when } = rule;
  return (
    (when.provider === undefined || when.provider === request.provider) &&
    (when.model === undefined || when.model === request.model) &&
    (when.stream === undefined || when.stream === request.stream) &&
    (when.hasTools === undefined || when.hasTools === request.tools.length > 0) &&
    (when.endsWithToolResult === undefined || when.endsWithToolResult === (request.messages.at(-1)?.role === 'tool')) &&
    (when.hasResponseSchema === undefined ||
      when.hasResponseSchema === (request.responseFormat?.schema !== undefined)) &&
    (when.lastUserTextIncludes === undefined || includes(request.lastUserText, when.lastUserTextIncludes)) &&
    (when.anyTextIncludes === undefined ||
      request.messages.some((message) => includes(message.text, when.anyTextIncludes ?? '')))
  );
}

function includes(text: string, part: string): boolean {
  return text.toLowerCase().includes(part.toLowerCase());
}

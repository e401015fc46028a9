import { z } from 'zod';
import { TOOL_NAME, TOOL_NAME_RULE } from '../tool-name.js';

/** One tool as an operator writes it down: what the model sees, and where its calls are sent. */
export const httpToolDeclaration = z.strictObject({
  name: z.string().regex(TOOL_NAME, TOOL_NAME_RULE),
  /** For the model: what the tool does, when to use it, what it answers. */
  description: z.string().min(1),
  /** JSON Schema of the arguments, an object at its top. */
  parameters: z.looseObject({ type: z.literal('object') }),
  /** What a repetition may do. A tool whose author did not say is never sent a call twice. */
  effect: z.enum(['read', 'idempotent', 'effect']).default('effect'),
  /** Whether a person must allow each call; an agent's `approvals` can say it for some calls only. */
  needs_approval: z.boolean().default(false),
  /** Milliseconds until a call is given up. */
  timeout_ms: z.int().min(1).max(3_600_000).default(30_000),
  /** Where calls are posted. */
  url: z.url({ protocol: /^https?$/ }),
  /** Sent with every call, for example `authorization`. */
  headers: z.record(z.string(), z.string()).default({}),
});

export type HttpToolDeclaration = z.output<typeof httpToolDeclaration>;

import type { AgentDefinition } from '@troupe/contracts';
import { z } from 'zod';

const text = z.string().trim().min(1);

/** A definition as people write it in a file. */
export const definitionSchema = z.strictObject({
  role: text,
  goal: text.optional(),
  constraints: z.array(text).optional(),
  personality: z
    .strictObject({ tone: text.optional(), style: text.optional(), traits: z.array(text).optional() })
    .optional(),
  examples: z.array(z.strictObject({ user: text, assistant: text })).optional(),
  instructions: text.optional(),
}) satisfies z.ZodType<AgentDefinition>;

import {
  ATTACHMENT_KINDS,
  CONDITION_OPERATORS,
  EFFECT_POLICIES,
  EXPIRY_POLICIES,
  FAILURE_POLICIES,
  GUARDRAIL_ACTIONS,
  GUARDRAIL_MODES,
  GUARDRAIL_PLACES,
  HANDOFF_HISTORIES,
  type JsonObject,
  type JsonValue,
  MAX_OUTPUT_RETRIES,
  PERMISSION_MODES,
  PII_KINDS,
  parseModelId,
} from '@troupe/contracts';
import type { NewAgentConfiguration } from '@troupe/spec';
import { z } from 'zod';
import { definitionSchema } from './definition-schema.js';

const text = z.string().trim().min(1);
const names = z.array(text);
const count = z.int().min(1);
const json: z.ZodType<JsonValue> = z.json();
const object: z.ZodType<JsonObject> = z.record(z.string(), json);
const model = text.refine((id) => parseModelId(id) !== undefined, 'a model is named `provider/model`');

const memory = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('last_n'), n: count }),
  z.strictObject({ type: z.literal('first_last'), first: z.int().min(0), last: count }),
  z.strictObject({ type: z.literal('token_window'), max_tokens: count }),
  z.strictObject({ type: z.literal('summary_window'), last: count }),
]);

const modelSettings = z.strictObject({
  temperature: z.number().min(0).max(2).optional(),
  top_p: z.number().min(0).max(1).optional(),
  max_tokens: count.optional(),
  stop: z.array(z.string().min(1)).optional(),
  reasoning: z
    .strictObject({
      effort: z.enum(['none', 'minimal', 'low', 'medium', 'high']).optional(),
      max_tokens: count.optional(),
    })
    .optional(),
  prompt_cache: z.enum(['5m', '1h', 'off']).optional(),
  provider_options: z.record(z.string(), object).optional(),
});

const limits = z.strictObject({
  max_turns: count.optional(),
  max_requests: count.optional(),
  max_total_tokens: count.optional(),
  max_output_tokens: count.optional(),
  max_cost_usd: z.number().positive().optional(),
  max_tool_calls: count.optional(),
});

const approval = z.strictObject({
  tools: names.min(1),
  when: z
    .strictObject({ argument: text, op: z.enum(CONDITION_OPERATORS), value: json })
    .refine(({ op, value }) => !op.endsWith('in') || Array.isArray(value), {
      path: ['value'],
      message: '"in" and "not_in" compare with a list',
    })
    .optional(),
  roles: names.optional(),
  expires_in_seconds: count.optional(),
  on_expiry: z.enum(EXPIRY_POLICIES).optional(),
  ask: text.optional(),
});

const guardrail = z.strictObject({
  name: text,
  on: z.array(z.enum(GUARDRAIL_PLACES)).min(1),
  check: z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('injection') }),
    z.strictObject({
      type: z.literal('patterns'),
      patterns: z.array(z.string().min(1)).min(1),
      case_sensitive: z.boolean().optional(),
    }),
    z.strictObject({ type: z.literal('pii'), kinds: z.array(z.enum(PII_KINDS)).min(1) }),
    z.strictObject({ type: z.literal('max_length'), characters: count }),
    z.strictObject({
      type: z.literal('attachments'),
      kinds: z.array(z.enum(ATTACHMENT_KINDS)).min(1).optional(),
      except: z.array(z.string().min(3)).optional(),
    }),
    z.strictObject({
      type: z.literal('judge'),
      instructions: text,
      model: model.optional(),
      attachments: z.boolean().optional(),
    }),
  ]),
  action: z.enum(GUARDRAIL_ACTIONS).optional(),
  mode: z.enum(GUARDRAIL_MODES).optional(),
  on_failure: z.enum(FAILURE_POLICIES).optional(),
  message: text.optional(),
  tools: names.optional(),
});

const untrusted = z.strictObject({
  effect_tools: z.enum(EFFECT_POLICIES).optional(),
  allow: z
    .array(
      z.strictObject({
        tool: text,
        argument: text.optional(),
        values: z.array(z.union([z.string(), z.number(), z.boolean()])).optional(),
      }),
    )
    .optional(),
  trusted_tools: names.optional(),
  facts: z.boolean().optional(),
  attachments: z.boolean().optional(),
});

const routing = z.strictObject({
  tiers: z.record(z.string(), model),
  default: text.optional(),
  rules: z
    .array(
      z.strictObject({
        when: z.strictObject({
          min_input_tokens: z.int().min(0).optional(),
          max_input_tokens: z.int().min(0).optional(),
          has_tools: z.boolean().optional(),
          has_images: z.boolean().optional(),
          has_files: z.boolean().optional(),
          min_turn: count.optional(),
          max_turn: count.optional(),
          budget_below_usd: z.number().min(0).optional(),
        }),
        use: text,
      }),
    )
    .optional(),
});

/** A whole agent as people write it in a file, in the words of the HTTP API. */
export const agentSchema = z.strictObject({
  name: text,
  description: text.optional(),
  definition: definitionSchema,
  model: model.optional(),
  fallback_models: z.array(model).optional(),
  routing: routing.optional(),
  on_interruption: z.enum(['restart', 'fail']).optional(),
  model_settings: modelSettings.optional(),
  tools: names.optional(),
  handoffs: z
    .array(
      z.strictObject({
        agent: text,
        description: text.optional(),
        input_schema: object.optional(),
        history: z.enum(HANDOFF_HISTORIES).optional(),
        enabled: z.boolean().optional(),
      }),
    )
    .optional(),
  agents: z
    .array(
      z.strictObject({
        agent: text,
        name: text.optional(),
        description: text.optional(),
        input_schema: object.optional(),
      }),
    )
    .optional(),
  approvals: z.array(approval).optional(),
  denied_tools: names.optional(),
  permission_mode: z.enum(PERMISSION_MODES).optional(),
  memory: memory.optional(),
  max_turns: count.optional(),
  limits: limits.optional(),
  guardrails: z.array(guardrail).optional(),
  untrusted: untrusted.optional(),
  output_schema: object.optional(),
  output_name: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, '1 to 64 letters, digits, "_" and "-"')
    .optional(),
  output_retries: z.int().min(0).max(MAX_OUTPUT_RETRIES).optional(),
  tool_choice: z
    .union([z.enum(['auto', 'none', 'required']), z.strictObject({ tool: text })], {
      error: 'must be auto, none, required or {tool: <name>}',
    })
    .optional(),
  max_parallel_tool_calls: count.optional(),
  stop_on_tools: names.optional(),
}) satisfies z.ZodType<NewAgentConfiguration>;

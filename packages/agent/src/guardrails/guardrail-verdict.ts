import type { JsonObject } from '@troupe/contracts';
import type { Attachment } from './attachment.js';

/**
 * What a check says of a text. `reason` goes to readers of the run's events: name what was found, do not quote it.
 * `redact` and `rewrite` both put another text in its place; they differ in what the event says.
 */
export type GuardrailVerdict =
  | { action: 'allow' }
  | { action: 'redact' | 'rewrite'; text: string; reason?: string }
  /** Of input only: the pictures and files that stay. */
  | { action: 'redact'; attachments: readonly Attachment[]; reason?: string }
  /** Of a tool call only: other arguments. */
  | { action: 'rewrite'; arguments: JsonObject; reason?: string }
  /** `message` in place of the guardrail's own. */
  | { action: 'block'; reason?: string; message?: string }
  /** Of output only: the model answers again and is told this. */
  | { action: 'retry'; feedback: string; reason?: string };

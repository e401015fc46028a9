import type { ApprovalDecision, ApprovalVerb, JsonObject, JsonValue, StickyScope } from '@troupe/contracts';
import type { CommandContext } from '../command-context.js';
import { UsageError } from '../usage-error.js';

export interface DecideOptions {
  message?: string;
  /** JSON. */
  arguments?: string;
  sticky?: StickyScope;
  role?: string;
  by?: string;
  json?: boolean;
}

/** `troupe approve|reject|answer <id>`: decides on a call that waits, or answers a question. Returns the exit code. */
export const decide =
  (verb: ApprovalVerb) =>
  async ({ client, screen }: CommandContext, options: DecideOptions, id: string, given?: string): Promise<number> => {
    const { message, sticky, role } = options;
    const decision: ApprovalDecision = {
      decision: verb,
      ...(message !== undefined && { message }),
      ...(options.arguments !== undefined && { arguments: argumentsOf(options.arguments) }),
      ...(verb === 'answer' && { answer: answerOf(given ?? '') }),
      ...(sticky !== undefined && { sticky }),
      ...(role !== undefined && { role }),
      ...(options.by !== undefined && { decided_by: options.by }),
    };
    const approval = await client.approvals.decide(id, decision);
    screen.line(options.json ? JSON.stringify(approval) : approval.state);
    return 0;
  };

function argumentsOf(text: string): JsonObject {
  const value = parse(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new UsageError('--arguments must be a JSON object, such as \'{"euros": 50}\'.');
}

/** A number, an object and so on where it is JSON, else the words. */
function answerOf(text: string): JsonValue {
  return parse(text) ?? text;
}

function parse(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

import type { JsonObject } from './json-object.js';
import { objectOf, objectsOf, stringOf } from './json-object.js';
import { RejectedRequest } from './rejected-request.js';
import { thinkingSignature } from './thinking-signature.js';

const minBudgetTokens = 1_024;

/** What the API demands of a request that asks for thinking, and of thinking that comes back. */
export function checkAnthropicThinking(body: JsonObject): void {
  const thinking = objectOf(body.thinking);
  checkThinkingMode(stringOf(body.model), stringOf(thinking.type));
  const messages = objectsOf(body.messages);
  for (const [index, message] of messages.entries()) checkBlocks(message, index, stringOf(body.model));
  if (thinking.type !== 'enabled' && thinking.type !== 'adaptive') return;
  if (thinking.type === 'enabled') checkBudget(thinking.budget_tokens, body.max_tokens);
  if (body.temperature !== undefined && body.temperature !== 1) {
    throw new RejectedRequest(400, '`temperature` may only be set to 1 when thinking is enabled.');
  }
  if (['any', 'tool'].includes(stringOf(objectOf(body.tool_choice).type))) {
    throw new RejectedRequest(400, 'Thinking may not be enabled when tool_choice forces tool use.');
  }
  if (thinking.type === 'enabled') checkLoop(messages);
}

/** Claude 4.5 and older know only budgets, 4.7 and newer none. */
function checkThinkingMode(model: string, mode: string): void {
  const version = /^claude-[a-z]+-(\d)(?:-(\d))?(?!\d)/.exec(model);
  const number = version === null ? undefined : Number(`${version[1]}.${version[2] ?? 0}`);
  if (number === undefined) return;
  const isRefused = (mode === 'adaptive' && number < 4.6) || (mode === 'enabled' && number >= 4.7);
  if (!isRefused) return;
  throw new RejectedRequest(400, `"thinking.type.${mode}" is not supported for this model.`);
}

function checkBudget(budget: unknown, maxTokens: unknown): void {
  if (typeof budget !== 'number' || budget < minBudgetTokens) {
    throw new RejectedRequest(
      400,
      `thinking.enabled.budget_tokens: Input should be greater than or equal to ${minBudgetTokens}`,
    );
  }
  if (typeof maxTokens === 'number' && maxTokens <= budget) {
    throw new RejectedRequest(400, '`max_tokens` must be greater than `thinking.budget_tokens`.');
  }
}

function checkBlocks(message: JsonObject, index: number, model: string): void {
  for (const [position, block] of objectsOf(message.content).entries()) {
    if (block.type !== 'thinking') continue;
    if (block.signature === thinkingSignature(stringOf(block.thinking), model)) continue;
    throw new RejectedRequest(
      400,
      `messages.${index}.content.${position}: Invalid \`signature\` in \`thinking\` block`,
    );
  }
}

/** A tool loop under way is one turn of the assistant, which must begin with what it thought. */
function checkLoop(messages: JsonObject[]): void {
  if (!bringsResults(messages.at(-1))) return;
  const asked = messages.findLastIndex((message) => message.role === 'user' && !bringsResults(message));
  const first = messages[asked + 1];
  const type = objectsOf(first?.content)[0]?.type;
  if (type === 'thinking' || type === 'redacted_thinking') return;
  throw new RejectedRequest(
    400,
    `messages.${asked + 1}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${stringOf(type)}\`. ` +
      'When `thinking` is enabled, a final `assistant` message must start with a thinking block (preceeding the ' +
      'lastmost set of `tool_use` and `tool_result` blocks). To avoid this requirement, disable `thinking`.',
  );
}

function bringsResults(message: JsonObject | undefined): boolean {
  return message?.role === 'user' && objectsOf(message.content).some(({ type }) => type === 'tool_result');
}

import {
  LIMIT_NUMBERS,
  LIMITED_MODEL,
  type LimitNumber,
  type LimitRule,
  MAX_LIMIT_NUMBER,
  nearMatches,
} from '@troupe/contracts';

const FIELDS: readonly string[] = ['provider', 'model', 'account', ...LIMIT_NUMBERS];

/** What is wrong with something that should be a limit, a sentence each; nothing when it is one. */
export function limitRuleProblems(value: unknown): string[] {
  if (!isObject(value)) return ['It must be an object with provider, model and at least one number.'];
  return [...unknownFields(value), ...keyProblems(value), ...numberProblems(value)];
}

/** Whether that is a limit, with nothing wrong. */
export function isLimitRule(value: unknown): value is LimitRule {
  return limitRuleProblems(value).length === 0;
}

function unknownFields(value: Record<string, unknown>): string[] {
  return Object.keys(value).flatMap((field) => {
    if (FIELDS.includes(field)) return [];
    const near = nearMatches(field, FIELDS);
    const advice = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `There are ${FIELDS.join(', ')}.`;
    return [`${JSON.stringify(field)} is not known. ${advice}`];
  });
}

function keyProblems({ provider, model, account }: Record<string, unknown>): string[] {
  const problems: string[] = [];
  if (!isText(provider, /^[^\s/*]+$/)) problems.push('provider must be the id of one provider, such as openai.');
  if (!isText(model, LIMITED_MODEL)) {
    problems.push('model must be a name without spaces, or the beginning of names with one * at its end.');
  }
  if (account !== undefined && !isText(account, /^\S+$/)) {
    problems.push('account must be the short hash of a key, as the state of limits shows it.');
  }
  return problems;
}

function numberProblems(value: Record<string, unknown>): string[] {
  const given = LIMIT_NUMBERS.filter((name) => value[name] !== undefined);
  if (given.length === 0) return [`At least one of ${LIMIT_NUMBERS.join(', ')} is needed.`];
  return given
    .filter((name) => !isLimitNumber(value[name]))
    .map((name: LimitNumber) => `${name} must be a whole number from 1 to ${MAX_LIMIT_NUMBER}.`);
}

function isLimitNumber(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_LIMIT_NUMBER;
}

function isText(value: unknown, pattern: RegExp): boolean {
  return typeof value === 'string' && value.length <= 200 && pattern.test(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import { isObject, ValidateBy } from 'class-validator';

/** What limits, budgets and the reading of answers rest upon: it is said in a request's own fields, and nowhere else. */
const DECIDED_ELSEWHERE: ReadonlySet<string> = new Set([
  'input',
  'max_completion_tokens',
  'max_output_tokens',
  'max_tokens',
  'messages',
  'model',
  'n',
  'stream',
  'system',
]);

function decidedElsewhere(value: unknown): string[] {
  if (!isObject(value)) return [];
  return Object.values(value).flatMap((options) =>
    isObject(options) ? Object.keys(options).filter((name) => DECIDED_ELSEWHERE.has(name)) : [],
  );
}

/** Options by the id of their provider, none of which replaces what a call is counted and paid by. */
export const ProviderOptions = (): PropertyDecorator =>
  ValidateBy({
    name: 'providerOptions',
    validator: {
      validate: (value: unknown) =>
        isObject(value) &&
        Object.values(value).every((options) => isObject(options)) &&
        decidedElsewhere(value).length === 0,
      defaultMessage: (argument) => {
        const names = decidedElsewhere(argument?.value);
        return names.length > 0
          ? `$property may not set ${names.join(', ')}: limits and budgets could not count it`
          : '$property must be an object with an object for each provider';
      },
    },
  });

import type { ArgumentCondition, JsonObject, JsonValue } from '@troupe/contracts';

/**
 * Whether a call has such arguments. What cannot be told so counts as yes: an argument that is missing, or of another kind
 * than the value that it is compared with, must not be a way around the question.
 */
export function conditionHolds({ argument, op, value }: ArgumentCondition, args: JsonObject): boolean {
  const found = argumentAt(args, argument);
  return found === undefined || (compare(op, found, value) ?? true);
}

/** An argument whose own name has dots in it is found too. */
function argumentAt(args: JsonObject, path: string): JsonValue | undefined {
  if (Object.hasOwn(args, path)) return args[path];
  let value: JsonValue | undefined = args;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as JsonObject)[name];
  }
  return value;
}

/** Undefined: they cannot be compared so. */
function compare(op: ArgumentCondition['op'], found: JsonValue, value: JsonValue): boolean | undefined {
  switch (op) {
    case 'eq':
      return sameKind(found, value) ? isSame(found, value) : undefined;
    case 'ne':
      return sameKind(found, value) ? !isSame(found, value) : undefined;
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return order(op, found, value);
    case 'in':
    case 'not_in':
      if (!Array.isArray(value) || !value.some((one) => sameKind(found, one))) return undefined;
      return value.some((one) => isSame(found, one)) === (op === 'in');
    case 'contains':
      if (Array.isArray(found)) return found.some((one) => isSame(one, value));
      return typeof found === 'string' && typeof value === 'string' ? found.includes(value) : undefined;
    case 'starts_with':
      return typeof found === 'string' && typeof value === 'string' ? found.startsWith(value) : undefined;
  }
}

/** Numbers, and texts by their characters: dates of RFC 3339 in one zone are so in order. */
function order(op: 'gt' | 'gte' | 'lt' | 'lte', found: JsonValue, value: JsonValue): boolean | undefined {
  const numbers = typeof found === 'number' && typeof value === 'number';
  const texts = typeof found === 'string' && typeof value === 'string';
  if (!numbers && !texts) return undefined;
  if (found === value) return op === 'gte' || op === 'lte';
  return found > value === (op === 'gt' || op === 'gte');
}

function sameKind(found: JsonValue, value: JsonValue): boolean {
  return typeof found === typeof value && Array.isArray(found) === Array.isArray(value);
}

function isSame(one: JsonValue, other: JsonValue): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return one === other;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const [a, b] = [new Map(Object.entries(one)), new Map(Object.entries(other))];
  return a.size === b.size && [...a].every(([name, value]) => isSame(value as JsonValue, b.get(name) ?? null));
}

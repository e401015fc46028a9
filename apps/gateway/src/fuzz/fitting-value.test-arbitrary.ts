import type { OpenAPIObject } from '@nestjs/swagger';
import fc from 'fast-check';
import { resolved, type Schema } from './operations.test-inventory.js';

/** Values that a field of this name takes: ids of what is there, names of what is known. */
export type KnownValues = Readonly<Record<string, readonly unknown[]>>;

/** How deep values are made of schemas that may hold themselves. */
const MAX_DEPTH = 5;
/** With more of them at once, hardly an object would fit by the rules that a schema does not tell. */
const MAX_OPTIONAL = 3;

/** Values that a schema allows; `name` is that of the field or parameter. */
export function fittingValue(
  document: OpenAPIObject,
  schema: Schema,
  known: KnownValues,
  name = '',
): fc.Arbitrary<unknown> {
  return fitting(schema, name, 0);

  function fitting(given: Schema, name: string, depth: number): fc.Arbitrary<unknown> {
    const values = known[name];
    if (values && values.length > 0) return fc.constantFrom(...values);
    const described = resolved(document, given);
    const forms = described.oneOf ?? described.anyOf;
    if (forms) return fc.oneof(...forms.map((form) => fitting(form, name, depth)));
    if (described.allOf)
      return merged(
        described.allOf.map((part) => resolved(document, part)),
        depth,
      );
    if (described.enum) return fc.constantFrom(...described.enum);
    const types = [described.type ?? 'object'].flat();
    return fc.oneof(...types.map((type) => ofType(type, described, name, depth)));
  }

  function ofType(type: string, described: Schema, name: string, depth: number): fc.Arbitrary<unknown> {
    const { minimum = 0, maximum = 1_000 } = described;
    switch (type) {
      case 'null':
        return fc.constant(null);
      case 'boolean':
        return fc.boolean();
      case 'integer':
        return fc.integer({ min: minimum, max: Math.max(minimum, maximum) });
      case 'number':
        return fc.double({ min: minimum, max: Math.max(minimum, maximum), noNaN: true });
      case 'array':
        return fc.array(fitting(described.items ?? {}, name, depth + 1), {
          minLength: described.minItems ?? 0,
          maxLength: Math.min(described.maxItems ?? 3, 3),
        });
      case 'object':
        return object(described, depth);
      default:
        return text(described);
    }
  }

  function object(described: Schema, depth: number): fc.Arbitrary<unknown> {
    const { properties = {}, required = [], additionalProperties } = described;
    if (Object.keys(properties).length === 0) {
      const values =
        typeof additionalProperties === 'object' ? fitting(additionalProperties, '', depth + 1) : fc.string();
      return fc.dictionary(fc.constantFrom('a', 'b'), values, { maxKeys: 2, noNullPrototype: true });
    }
    const optional = Object.keys(properties).filter((name) => !required.includes(name));
    const some = fc.subarray(optional, { maxLength: depth < MAX_DEPTH ? Math.min(MAX_OPTIONAL, optional.length) : 0 });
    return some.chain((chosen) => {
      const wanted = [...required, ...chosen].filter((name) => name in properties);
      return fc.record(
        Object.fromEntries(wanted.map((name) => [name, fitting(properties[name] ?? {}, name, depth + 1)])),
        { noNullPrototype: true },
      );
    });
  }

  function merged(parts: Schema[], depth: number): fc.Arbitrary<unknown> {
    const properties = Object.assign({}, ...parts.map((part) => part.properties ?? {}));
    return object({ properties, required: parts.flatMap(({ required = [] }) => required) }, depth);
  }
}

function text({ format, example }: Schema): fc.Arbitrary<string> {
  if (format === 'uuid') return fc.uuid();
  if (format === 'date-time') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
  const word = fc.string({ minLength: 1, maxLength: 12 });
  return typeof example === 'string' ? fc.oneof(fc.constant(example), word) : word;
}

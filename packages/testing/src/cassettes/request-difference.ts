import type { JsonValue } from '@troupe/contracts';
import { isJsonObject } from '../llm-simulator/requests/json-object.js';
import type { CassetteRequest } from './recorded-exchange.js';

/** One place in which a request is not the recorded one; an absent side is undefined. */
export interface RequestDifference {
  /** `method`, `path`, `query.<name>`, `header <name>`, `body` or a field of it: `body.messages[0].content`. */
  place: string;
  recorded: JsonValue | undefined;
  sent: JsonValue | undefined;
}

export interface IgnoredFields {
  /** `metadata.trace_id`, `messages[*].id`. */
  body: readonly string[];
  query: readonly string[];
}

type Steps = readonly string[];

/** Everything in which two requests differ, in the order of their parts. The order of keys is no difference. */
export class RequestComparison {
  readonly #ignoredBody: readonly Steps[];
  readonly #ignoredQuery: readonly string[];

  constructor(ignored: IgnoredFields) {
    this.#ignoredBody = ignored.body.map(stepsOf);
    this.#ignoredQuery = ignored.query;
  }

  differences(recorded: CassetteRequest, sent: CassetteRequest): RequestDifference[] {
    const found: RequestDifference[] = [];
    const compare = (place: string, one: JsonValue | undefined, other: JsonValue | undefined) => {
      if (one !== other) found.push({ place, recorded: one, sent: other });
    };
    compare('method', recorded.method, sent.method);
    compare('path', locationOf(recorded), locationOf(sent));
    const queries = [this.#queryOf(recorded), this.#queryOf(sent)] as const;
    for (const name of keysOf(...queries)) compare(`query.${name}`, queries[0][name], queries[1][name]);
    const headers = [recorded.headers ?? {}, sent.headers ?? {}] as const;
    for (const name of keysOf(...headers)) compare(`header ${name}`, headers[0][name], headers[1][name]);
    if (recorded.json !== undefined && sent.json !== undefined) {
      this.#compareJson({ one: recorded.json, other: sent.json }, [], found);
    } else {
      compare('body', bodyOf(recorded), bodyOf(sent));
    }
    return found;
  }

  #compareJson(
    { one, other }: { one: JsonValue | undefined; other: JsonValue | undefined },
    steps: Steps,
    found: RequestDifference[],
  ): void {
    if (this.#ignoredBody.some((ignored) => covers(ignored, steps))) return;
    if (Array.isArray(one) && Array.isArray(other)) {
      for (let index = 0; index < Math.max(one.length, other.length); index += 1) {
        this.#compareJson({ one: one[index], other: other[index] }, [...steps, String(index)], found);
      }
    } else if (isJsonObject(one) && isJsonObject(other)) {
      for (const name of keysOf(one, other)) {
        this.#compareJson({ one: ownValue(one, name), other: ownValue(other, name) }, [...steps, name], found);
      }
    } else if (one !== other) {
      found.push({ place: placeOf(steps), recorded: one, sent: other });
    }
  }

  /** Values of one name in their order; the order of names is no difference. */
  #queryOf({ path }: CassetteRequest): Record<string, string> {
    const values: Record<string, string> = {};
    const start = path.indexOf('?');
    if (start === -1) return values;
    for (const [name, value] of new URLSearchParams(path.slice(start + 1))) {
      if (this.#ignoredQuery.includes(name)) continue;
      const before = ownValue(values, name);
      values[name] = before === undefined ? value : `${before}, ${value}`;
    }
    return values;
  }
}

function locationOf({ path }: CassetteRequest): string {
  return path.split('?', 1)[0] ?? '';
}

/** Of a body that is not JSON on both sides. */
function bodyOf({ json, text, base64 }: CassetteRequest): JsonValue | undefined {
  return json ?? text ?? base64;
}

/** What an object has of its own: names such as `constructor` are ordinary here. */
function ownValue<Value>(object: Record<string, Value>, name: string): Value | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function keysOf(one: object, other: object): Set<string> {
  return new Set([...Object.keys(one), ...Object.keys(other)]);
}

function stepsOf(path: string): Steps {
  return path.split(/[.[\]]+/).filter((step) => step !== '');
}

function covers(ignored: Steps, steps: Steps): boolean {
  return ignored.length === steps.length && ignored.every((step, index) => step === '*' || step === steps[index]);
}

function placeOf(steps: Steps): string {
  return steps.reduce((place, step) => place + (/^\d+$/.test(step) ? `[${step}]` : `.${step}`), 'body');
}

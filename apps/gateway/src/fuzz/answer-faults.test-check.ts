import type { OpenAPIObject } from '@nestjs/swagger';
import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { Operation } from './operations.test-inventory.js';
import type { RudeAnswer } from './rude-client.test-client.js';

/** What no answer may hold: traces of stacks, of SQL, and of files. */
const LEAKS = [
  /\n\s+at .+:\d+:\d+/,
  /node_modules/,
  /\bSELECT\b.+\bFROM\b/,
  /\bINSERT INTO\b/,
  /QueryFailedError/,
  /\bFST_ERR/,
];

/** What is wrong with a request and with none of its fields. */
const WHOLE = /^(The request cannot be read|A part of the address is too long|The JSON is nested more than)/;

/** Only an outage has such a status, and nobody made one. */
const NEVER = 500;

/** Says what is wrong with answers, by the API document. */
export class AnswerCheck {
  readonly #document: OpenAPIObject;
  readonly #ajv: Ajv2020;
  readonly #secret: string;
  readonly #validators = new Map<string, ValidateFunction>();

  /** @param options.secret a text of another tenant's, which no answer may hold */
  constructor(options: { document: OpenAPIObject; secret: string }) {
    this.#document = options.document;
    this.#secret = options.secret;
    this.#ajv = new Ajv2020({ strict: false, allErrors: true });
    (formats as unknown as (ajv: Ajv2020) => void)(this.#ajv);
    this.#ajv.addSchema(closed(options.document), 'document');
  }

  faultsOf(operation: Operation, answer: RudeAnswer): string[] {
    const { status, headers, body } = answer;
    const faults = [];
    if (status >= NEVER) faults.push(`answers ${status}: ${body.slice(0, 300)}`);
    if (typeof headers['x-request-id'] !== 'string') faults.push('has no x-request-id');
    if (body.includes(this.#secret)) faults.push('tells of another tenant');
    for (const leak of LEAKS) if (leak.test(body)) faults.push(`holds ${leak.exec(body)?.[0].slice(0, 100)}`);
    if (status >= 400) faults.push(...this.#problemFaults(operation, answer));
    return [...faults, ...this.#schemaFaults(operation, answer)];
  }

  #problemFaults({ path }: Operation, { status, headers, body }: RudeAnswer): string[] {
    // Whose headers are not read to their end has no address yet.
    const openAi = path.startsWith('/v1/') && status !== 431;
    const type = openAi ? 'application/json' : 'application/problem+json';
    if (!headers['content-type']?.includes(type))
      return [`is of type ${headers['content-type']}: ${body.slice(0, 200)}`];
    if (openAi) return [];
    const problem = JSON.parse(body);
    const faults = [];
    if (problem.status !== status) faults.push(`says ${problem.status} and is ${status}`);
    if (problem.request_id !== headers['x-request-id']) faults.push('names another request');
    const whole = WHOLE.test(problem.detail);
    if (problem.code === 'invalid_request' && !whole && !problem.errors?.length)
      faults.push(`names no field: ${problem.detail}`);
    return faults;
  }

  #schemaFaults(operation: Operation, { status, headers, body }: RudeAnswer): string[] {
    const described = this.#responseOf(operation, status);
    if (!described) return [`answers ${status}, which is not described: ${body.slice(0, 200)}`];
    if (!described.content) return body === '' ? [] : [`answers ${status} with a body that is not described`];
    const type = headers['content-type']?.toString().split(';', 1)[0] ?? '';
    if (!(type in described.content)) return [`answers ${status} as ${type}, which is not described`];
    if (!type.endsWith('json')) return [];
    const validate = this.#validatorOf(`${described.pointer}/content/${escaped(type)}/schema`);
    if (validate(JSON.parse(body))) return [];
    const errors = validate.errors?.map(
      ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
    );
    return [
      `answers ${status} with what is not described: ${errors?.join('; ').slice(0, 500)} in ${body.slice(0, 300)}`,
    ];
  }

  #responseOf({ path, method }: Operation, status: number) {
    const pointer = `/paths/${escaped(path)}/${method.toLowerCase()}/responses/${status}`;
    const response = at(this.#document, pointer) as { $ref?: string; content?: Record<string, unknown> } | undefined;
    if (!response) return undefined;
    if (response.$ref === undefined) return { pointer, content: response.content };
    const referred = response.$ref.slice(1);
    return { pointer: referred, content: (at(this.#document, referred) as typeof response).content };
  }

  #validatorOf(pointer: string): ValidateFunction {
    const known = this.#validators.get(pointer);
    if (known) return known;
    const validate = this.#ajv.compile({ $ref: `document#${encodeURI(pointer)}` });
    this.#validators.set(pointer, validate);
    return validate;
  }
}

/** The document with objects that have no fields but those that are described; problems may have more. */
function closed(document: OpenAPIObject): OpenAPIObject {
  const copy = structuredClone(document);
  for (const [name, schema] of Object.entries(copy.components?.schemas ?? {})) {
    if (name === 'ProblemDto' || !('properties' in schema) || schema.additionalProperties !== undefined) continue;
    schema.additionalProperties = false;
  }
  return copy;
}

function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function at(document: OpenAPIObject, pointer: string): unknown {
  let value: unknown = document;
  for (const name of pointer.split('/').slice(1)) {
    value = (value as Record<string, unknown> | undefined)?.[name.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return value;
}

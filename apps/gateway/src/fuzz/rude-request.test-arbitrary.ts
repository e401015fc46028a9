import type { OpenAPIObject } from '@nestjs/swagger';
import fc from 'fast-check';
import { fittingValue, type KnownValues } from './fitting-value.test-arbitrary.js';
import { hostileHeader, hostilePiece, mutated } from './hostile-value.test-arbitrary.js';
import type { Operation, Parameter } from './operations.test-inventory.js';

/** A request as it goes over the wire. */
export interface RudeRequest {
  method: string;
  /** Path and query, encoded or not as they are sent. */
  url: string;
  headers: Record<string, string>;
  body: Buffer | null;
}

const JSON_TYPE = 'application/json';
const TYPES = [
  '',
  'text/plain',
  'application/x-www-form-urlencoded',
  'application/json; charset=utf-16',
  'APPLICATION/JSON',
  'application/problem+json',
  'multipart/form-data; boundary=x',
  ';;',
];

/** Requests of an operation: as described, and with one thing or several wrong. */
export function rudeRequest(
  document: OpenAPIObject,
  operation: Operation,
  known: KnownValues,
): fc.Arbitrary<RudeRequest> {
  const of = (kind: Parameter['in']) => operation.parameters.filter((parameter) => parameter.in === kind);
  const piece = (parameter: Parameter) =>
    fc.oneof(
      { weight: 4, arbitrary: fittingValue(document, parameter.schema ?? {}, known, parameter.name).map(encoded) },
      { weight: 1, arbitrary: hostilePiece },
    );
  const path = fc.record(Object.fromEntries(of('path').map((parameter) => [parameter.name, piece(parameter)])));
  const named = of('query').map((parameter) => piece(parameter).map((value) => `${parameter.name}=${value}`));
  const surplus = fc.tuple(fc.constantFrom('surplus', '', 'limit', '__proto__', 'limit[a]'), hostilePiece);
  const query = fc.array(
    fc.oneof(
      ...named,
      ...named,
      ...named,
      surplus.map((field) => field.join('=')),
    ),
    { maxLength: 3 },
  );
  return fc
    .record({
      path,
      query: fc.oneof(fc.constant<string[]>([]), query),
      headers: headers(operation),
      body: body(document, operation, known),
    })
    .map((parts) => ({
      method: operation.method,
      url:
        operation.path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => parts.path[name] ?? '') +
        (parts.query.length > 0 ? `?${parts.query.join('&')}` : ''),
      headers: { ...parts.body.headers, ...parts.headers },
      body: parts.body.content,
    }));
}

function encoded(value: unknown): string {
  return encodeURIComponent(typeof value === 'string' ? value.toWellFormed() : JSON.stringify(value));
}

function headers({ method }: Operation): fc.Arbitrary<Record<string, string>> {
  const names = ['last-event-id', 'accept', 'range', 'x-request-id', 'x-forwarded-for', 'if-none-match'];
  if (method !== 'GET') names.push('idempotency-key', 'idempotency-key', 'idempotency-key');
  const one = fc.tuple(fc.constantFrom(...names), hostileHeader).map(([name, value]) => ({ [name]: value }));
  return fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: one });
}

interface Body {
  headers: Record<string, string>;
  content: Buffer | null;
}

function body(document: OpenAPIObject, operation: Operation, known: KnownValues): fc.Arbitrary<Body> {
  const none = fc.constant<Body>({ headers: {}, content: null });
  const described = operation.body;
  if (!described) {
    const surplus = fc
      .constantFrom('{}', '{{{', '')
      .map((text) => ({ headers: { 'content-type': JSON_TYPE }, content: Buffer.from(text) }));
    return fc.oneof({ weight: 6, arbitrary: none }, { weight: 1, arbitrary: surplus });
  }
  const fitting = fittingValue(document, described, known);
  const json = (text: string): Body => ({ headers: { 'content-type': JSON_TYPE }, content: Buffer.from(text) });
  return fc.oneof(
    { weight: 6, arbitrary: fitting.map((value) => json(JSON.stringify(value))) },
    { weight: 9, arbitrary: fitting.chain(mutated).map(json) },
    { weight: 2, arbitrary: fitting.chain((value) => broken(JSON.stringify(value))) },
    { weight: 1, arbitrary: none },
  );
}

/** Bodies whose bytes or headers are not those of JSON. */
function broken(text: string): fc.Arbitrary<Body> {
  const bytes = Buffer.from(text);
  return fc.oneof(
    fc.constantFrom(...TYPES).map((type) => ({ headers: { 'content-type': type }, content: bytes })),
    fc
      .nat(bytes.length)
      .map((length) => ({ headers: { 'content-type': JSON_TYPE }, content: bytes.subarray(0, length) })),
    fc.tuple(fc.nat(bytes.length), fc.constantFrom('ff', 'c328', 'eda080', '00', '1f8b08')).map(([at, hex]) => ({
      headers: { 'content-type': JSON_TYPE },
      content: Buffer.concat([bytes.subarray(0, at), Buffer.from(hex, 'hex'), bytes.subarray(at)]),
    })),
    fc.constant({ headers: { 'content-type': JSON_TYPE, 'content-encoding': 'gzip' }, content: bytes }),
  );
}

import { type JsonObject, textOf } from '@troupe/contracts';
import type { ModelRequest } from '@troupe/spec';
import { answer, callTools, type ScriptedTurn } from '../scripted-model/scripted-turn.js';

/** `name({"argument": "value"})`, wherever it stands. */
const ORDER = /\b([a-z_]{2,40})\((\{[^{}]*\})\)/g;
const BASE64 = /[A-Za-z0-9+/]{24,}={0,2}/g;

/**
 * What a model does that obeys everybody: it makes every call that any text of the request orders, in words or in base64,
 * unless it has made it before; then it says that it is done. Calls of tools that it is not offered are made as well.
 */
export function obedientTurn(): ScriptedTurn {
  return { type: 'reply', reply: (request) => obey(request) };
}

function obey(request: ModelRequest): ScriptedTurn {
  const made = new Set(
    request.messages.flatMap(({ content }) =>
      content.flatMap((part) => (part.type === 'tool_call' ? [orderKey(part.name, part.arguments)] : [])),
    ),
  );
  const calls = ordersIn(request).filter(({ name, arguments: args }) => !made.has(orderKey(name, args)));
  return calls.length === 0
    ? answer('Done.')
    : callTools(calls.map((call, n) => ({ id: `call_${made.size + n}`, ...call })));
}

function ordersIn({ system = '', messages }: ModelRequest): { name: string; arguments: JsonObject }[] {
  const texts = messages.map(({ content }) =>
    content.map((part) => (part.type === 'tool_result' ? part.content : textOf([part]))).join('\n'),
  );
  const orders = new Map<string, { name: string; arguments: JsonObject }>();
  for (const text of [system, ...texts]) {
    for (const [, name = '', json = ''] of `${text}\n${decoded(text)}`.replaceAll('\\"', '"').matchAll(ORDER)) {
      const args: JsonObject = JSON.parse(json);
      orders.set(orderKey(name, args), { name, arguments: args });
    }
  }
  return [...orders.values()];
}

function decoded(text: string): string {
  return (text.match(BASE64) ?? []).map((encoded) => atob(encoded.slice(0, encoded.length & ~3))).join('\n');
}

function orderKey(name: string, args: JsonObject): string {
  return `${name} ${JSON.stringify(args)}`;
}

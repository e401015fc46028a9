import { type JsonObject, textOf } from '@troupe/contracts';
import type { ModelRequest, ModelTool } from '@troupe/spec';
import { isJsonObject } from '../shared/parse-tool-arguments.js';
import { sampleForSchema } from './sample-for-schema.js';

export interface DemoToolCall {
  name: string;
  arguments: JsonObject;
}

interface Intent {
  /** Of the tool's name. */
  tool: RegExp;
  /** What the user's words ask of such a tool: the arguments of each call. */
  read(text: string): JsonObject[];
}

const intents: Intent[] = [
  { tool: /calculat/, read: readExpressions },
  { tool: /current_?time|clock/, read: readTimeQuestion },
  { tool: /add_.*(?:todo|task)/, read: readNewTasks },
  { tool: /(?:get|list)_.*(?:todo|task)/, read: readListQuestion },
  { tool: /complete_.*(?:todo|task)/, read: readCompletedTasks },
  { tool: /search_thread/, read: readSearch },
];

/** Which of the offered tools the last message asks for, by plain patterns; several wishes are parallel calls. */
export function chooseToolCalls({ messages, tools = [], toolChoice = 'auto' }: ModelRequest): DemoToolCall[] {
  const last = messages.at(-1);
  if (toolChoice === 'none' || last?.role !== 'user') return [];
  const offered = typeof toolChoice === 'object' ? tools.filter(({ name }) => name === toolChoice.name) : tools;
  const text = textOf(last.content);
  const calls = offered.flatMap((tool) => callsOf(tool, text));
  const [first] = offered;
  if (calls.length > 0 || toolChoice === 'auto' || first === undefined) return calls;
  return [{ name: first.name, arguments: sampleArguments(first) }];
}

function callsOf(tool: ModelTool, text: string): DemoToolCall[] {
  const wished = intents.find((intent) => intent.tool.test(tool.name))?.read(text) ?? [];
  const isNamed = new RegExp(`\\b(?:use|call|run)\\b.*\\b${escaped(tool.name)}\\b`, 'i').test(text);
  if (wished.length === 0 && isNamed) return [{ name: tool.name, arguments: sampleArguments(tool) }];
  return wished.map((args) => ({ name: tool.name, arguments: args }));
}

function sampleArguments(tool: ModelTool): JsonObject {
  const value = sampleForSchema(tool.parameters);
  return isJsonObject(value) ? value : {};
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

const spokenOperators: [RegExp, string][] = [
  [/\b(?:times|multiplied by)\b|×/gi, '*'],
  [/\bplus\b/gi, '+'],
  [/\bminus\b/gi, '-'],
  [/\bdivided by\b|÷/gi, '/'],
];

function readExpressions(text: string): JsonObject[] {
  const isAsked = /\b(?:calculate|compute|evaluate|what(?:'s| is)|how much|how many)\b|=/i.test(text);
  let written = text;
  for (const [word, operator] of spokenOperators) written = written.replaceAll(word, operator);
  const found = written.match(/[-(]*\d[\d\s.+\-*/^%()]*[\d)]/g) ?? [];
  return (
    found
      .map((expression) => expression.trim())
      .filter((expression) => /[\d)]\s*[+\-*/^%]\s*[-(\d]/.test(expression) && !/\d\s+[\d(]/.test(expression))
      // Dates and telephone numbers have hyphens and ask for nothing.
      .filter((expression) => isAsked || /[+*/^%]/.test(expression))
      .filter((expression) => !/^\d{4}-\d\d-\d\d$/.test(expression))
      .map((expression) => ({ expression }))
  );
}

function readTimeQuestion(text: string): JsonObject[] {
  if (!/\bwhat time\b|\bwhat(?:'s| is) the (?:current )?(?:time|date)\b|\bcurrent time\b|\bwhat day is\b/i.test(text)) {
    return [];
  }
  const timezone = /\b[A-Z][A-Za-z]+\/[A-Z][A-Za-z_]+\b/.exec(text)?.[0];
  return [timezone === undefined ? {} : { timezone }];
}

function readNewTasks(text: string): JsonObject[] {
  const listed = /\b(?:add|put)\s+(.+?)\s+(?:to|on)\s+(?:my|the)\s+(?:to-?do|task|shopping)?\s*(?:list|tasks|todos)\b/i;
  const named = /\badd (?:an? )?(?:new )?(?:todo|to-do|task)s?(?: task)?\s*(?::|to|called)?\s+(.+?)[.!?]*$/i;
  const reminded = /\bremind me to (.+?)[.!?]*$/i;
  const titles = (listed.exec(text) ?? named.exec(text) ?? reminded.exec(text))?.[1] ?? '';
  return titles
    .split(/\s*,\s*(?:and\s+)?|\s+and\s+/)
    .map((title) => title.replace(/^["'“”]|["'“”]$/g, '').trim())
    .filter((title) => title !== '')
    .map((title) => ({ title }));
}

function readListQuestion(text: string): JsonObject[] {
  const asks = /\b(?:what(?:'s| is| are)|show|list|see|read|which)\b[^.!?]*\b(?:to-?dos?|tasks?|list)\b/i;
  return asks.test(text) ? [{}] : [];
}

function readCompletedTasks(text: string): JsonObject[] {
  if (!/\b(?:complete|finish|finished|done|check off|tick off|mark)\b/i.test(text)) return [];
  const numbers = text.match(/(?:\b(?:task|number|no\.)\s*(?:number\s*)?|#)\d{1,3}\b/gi) ?? [];
  return numbers.map((match) => ({ number: Number(/\d+/.exec(match)?.[0]) }));
}

function readSearch(text: string): JsonObject[] {
  const asks = /\bsearch (?:(?:this|the|our) (?:thread|conversation|chat) )?for (.+?)[.!?]*$/i;
  const said = /\bdid (?:i|we|you) (?:say|mention|talk) (?:anything )?about (.+?)[.!?]*$/i;
  const query = (asks.exec(text) ?? said.exec(text))?.[1]?.replace(/^["'“”]|["'“”]$/g, '');
  return query === undefined ? [] : [{ query }];
}

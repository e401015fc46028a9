import { parseJsonObject } from '../requests/json-object.js';
import type { SimulatedMessage, SimulatedRequest } from '../simulated-request.js';
import type { ChosenCall } from './chosen-call.js';
import { bareCall, findTool } from './chosen-call.js';
import { toolArguments } from './tool-arguments.js';

const additions = [
  /\b(?:add|create|make|new)(?: an?| the| this| my)?(?: new)? (?:todo|to-do|task)(?: task| item)?(?: to my (?:\w+ )?list)?\s*[:–-]?\s*(?:to |called |named )?["“]?([^"”\n.!?]+)/gi,
  /\btodo(?: task)?\s*:\s*["“]?([^"”\n.!?]+)/gi,
  /\bremind me to ([^\n.!?]+)/gi,
  /\b(?:add|put) ["“]?([^"”\n]+?)["”]? (?:to|on) my (?:todo|to-do|task)/gi,
];

export function addTask(request: SimulatedRequest): ChosenCall[] {
  const tool = findTool(request, /(?:add|create|new).*(?:todo|task)/i);
  if (tool === undefined) return [];
  const titles = additions
    .map((expression) => [...request.lastUserText.matchAll(expression)].map((match) => (match[1] ?? '').trim()))
    .find((found) => found.length > 0);
  return (titles ?? []).map((title) => ({
    name: tool.name,
    arguments: toolArguments(tool, request, /title|text|task|description|content|name|item/i, title),
  }));
}

export function listTasks(request: SimulatedRequest): ChosenCall[] {
  const tool = findTool(request, /(?:get|list|show|read).*(?:todo|task)/i);
  const text = request.lastUserText;
  const asked = /\b(?:show|list|what|which|get|see|read)\b.*\b(?:todos?|to-dos?|tasks?)\b/i.test(text);
  if (tool === undefined || (!asked && !(asksToComplete(text) && completeTask(request).length === 0))) return [];
  return [bareCall(tool, request)];
}

function asksToComplete(text: string): boolean {
  return /\b(?:complete|finish|check off|tick off)\b|\bmark\b.*\b(?:done|complete|completed|finished)\b/i.test(text);
}

export function completeTask(request: SimulatedRequest): ChosenCall[] {
  const tool = findTool(request, /(?:complete|finish|done).*(?:todo|task)?/i);
  const text = request.lastUserText.toLowerCase();
  if (tool === undefined || !asksToComplete(text)) return [];
  // The longest title first: a task called "A" is in every sentence.
  const tasks = knownTasks(request.messages).sort((one, other) => other.title.length - one.title.length);
  const named = tasks.find(
    ({ key, title }) => text.includes(title.toLowerCase()) || (isUnique(key) && text.includes(key)),
  );
  const numbered = /\b(?:task|todo|number)\s*(?:number\s*)?#?(\d+)\b/.exec(text)?.[1];
  const key = named?.key ?? numbered ?? tasks[0]?.key;
  return key === undefined ? [] : [{ name: tool.name, arguments: toolArguments(tool, request, /id|number|key/i, key) }];
}

/** A key of a few digits could be any number in the text. */
function isUnique(key: string): boolean {
  return key.length > 3;
}

/** Tasks that any tool result listed, as objects with an id or a number and a title. */
function knownTasks(messages: SimulatedMessage[]): { key: string; title: string }[] {
  return messages
    .filter((message) => message.role === 'tool')
    .flatMap((message) => message.text.match(/\{[^{}]*\}/g) ?? [])
    .flatMap((json) => {
      const task = parseJsonObject(json) ?? {};
      const keyName = Object.keys(task).find((name) => /(?:^|_)id$|^number$/i.test(name));
      const titleName = Object.keys(task).find((name) => /title|text|task$|content|name/i.test(name));
      if (keyName === undefined || titleName === undefined) return [];
      return [{ key: String(task[keyName]).toLowerCase(), title: String(task[titleName]) }];
    });
}

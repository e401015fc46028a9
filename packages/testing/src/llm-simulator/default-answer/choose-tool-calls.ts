import { parseJsonObject } from '../requests/json-object.js';
import type { SimulatedRequest } from '../simulated-request.js';
import { addTask, completeTask, listTasks } from './choose-task-calls.js';
import type { ChosenCall } from './chosen-call.js';
import { bareCall, findTool } from './chosen-call.js';
import { toolArguments } from './tool-arguments.js';

/** Reads from the user's words which of the offered tools to call; several wishes in one message are parallel calls. */
export function chooseToolCalls(request: SimulatedRequest): ChosenCall[] {
  const { toolChoice, tools, lastUserText } = request;
  if (toolChoice === 'none' || tools.length === 0) return [];
  if (typeof toolChoice === 'object') {
    const named = tools.find((tool) => tool.name === toolChoice.name);
    const wished = intents.flatMap((intent) => intent(request)).find((call) => call.name === toolChoice.name);
    return wished ? [wished] : named ? [bareCall(named, request)] : [];
  }
  const explicit = namedCalls(request);
  const calls = explicit.length > 0 ? explicit : intents.flatMap((intent) => intent(request));
  if (calls.length > 0 || toolChoice === 'auto' || lastUserText === '') return calls;
  return tools.slice(0, 1).map((tool) => bareCall(tool, request));
}

/** Completing a task needs its id, which the list that was just fetched holds. */
export function chooseFollowingCalls(request: SimulatedRequest): ChosenCall[] {
  const lastUser = request.messages.findLastIndex((message) => message.role === 'user');
  const called = request.messages.slice(lastUser).flatMap((message) => message.toolCalls ?? []);
  return completeTask(request).filter((call) => !called.some((earlier) => earlier.name === call.name));
}

/** `use the search_thread tool`, `call calculate with {"expression": "1+1"}`. */
function namedCalls(request: SimulatedRequest): ChosenCall[] {
  const expression =
    /\b(?:call|use|run)\s+(?:the\s+)?(?:tool\s+)?[`"']?([\w-]+)[`"']?(?:\s+tool)?(?:\s+with\s+(\{[^\n]*?\})(?=\s|$|[.,;]))?/gi;
  return [...request.lastUserText.matchAll(expression)].flatMap(([, name = '', json]) => {
    const tool = request.tools.find((candidate) => candidate.name === name);
    if (tool === undefined) return [];
    const given = json === undefined ? undefined : parseJsonObject(json);
    return [given === undefined ? bareCall(tool, request) : { name, arguments: given }];
  });
}

function calculate(request: SimulatedRequest): ChosenCall[] {
  const tool = findTool(request, /calc|math|arithmetic/i);
  if (tool === undefined) return [];
  const text = request.lastUserText;
  const asked = /\b(?:calculate|compute|evaluate|solve|what(?:'s| is)|how much)\b/i.test(text);
  if (!asked && !/^[\d\s.+\-*/^%()=?]+$/.test(text)) return [];
  const formulas = (text.match(/[-(\d.][\d\s.+\-*/^%()×÷]*[\d)]/g) ?? [])
    .map((formula) => formula.trim())
    .filter((formula) => /[\d)]\s*[+\-*/^%×÷]/.test(formula) && !/^\d{4}-\d{2}-\d{2}$/.test(formula));
  const spoken = /\b(?:calculate|compute|evaluate)\s+([^\n?!,;]+?)(?:\s+and\b|[.?!,;\n]|$)/i.exec(text)?.[1];
  const expressions = formulas.length > 0 ? formulas : spoken === undefined ? [] : [spoken.trim()];
  return expressions.map((value) => ({
    name: tool.name,
    arguments: toolArguments(tool, request, /expression|formula|input|query/i, value),
  }));
}

function currentTime(request: SimulatedRequest): ChosenCall[] {
  const tool = findTool(request, /time|clock|(?:^|_)date/i);
  const text = request.lastUserText;
  if (
    tool === undefined ||
    !/\bwhat(?:'s| is)? (?:the )?(?:current )?(?:time|date|day)\b|\bcurrent time\b/i.test(text)
  ) {
    return [];
  }
  const zone = /\b([A-Z][A-Za-z]+\/[A-Z][A-Za-z_]+|UTC)\b/.exec(text)?.[1];
  const required = Array.isArray(tool.parameters.required) && tool.parameters.required.length > 0;
  return [
    { name: tool.name, arguments: toolArguments(tool, request, /zone|tz/i, zone ?? (required ? 'UTC' : undefined)) },
  ];
}

function search(request: SimulatedRequest): ChosenCall[] {
  const tool = findTool(request, /search|lookup|find/i);
  const expression =
    /\b(?:search|look up|find)\b(?: (?:the|this|our|my) (?:thread|conversation|history|chat|web))?(?: for)? ["“]?([^"”\n?!.]+)/i;
  const query = expression.exec(request.lastUserText)?.[1]?.trim();
  if (tool === undefined || query === undefined) return [];
  return [{ name: tool.name, arguments: toolArguments(tool, request, /query|text|term|question/i, query) }];
}

/** Handoffs are offered as tools: `transfer_to_billing_agent` for `hand me over to billing`. */
function transfer(request: SimulatedRequest): ChosenCall[] {
  const text = request.lastUserText.toLowerCase();
  if (!/\b(?:transfer|hand|switch|connect|talk|speak|escalate)\b/.test(text)) return [];
  const tool = request.tools.find(({ name }) => {
    const target = /^(?:transfer|hand_?off|handover)_to_(.+)$/i.exec(name)?.[1] ?? '';
    return target
      .split(/[_-]/)
      .some((word) => word.length > 2 && word !== 'agent' && text.includes(word.toLowerCase()));
  });
  return tool === undefined ? [] : [bareCall(tool, request)];
}

const intents: ((request: SimulatedRequest) => ChosenCall[])[] = [
  calculate,
  currentTime,
  addTask,
  listTasks,
  completeTask,
  search,
  transfer,
];

import { describe, expect, test } from '@jest/globals';
import type { ModelRequest, ModelTool, ToolChoice } from '@troupe/spec';
import { chooseToolCalls } from './choose-tool-calls.js';

const tool = (name: string, parameters = {}): ModelTool => ({ name, description: '', parameters });
const tools = [
  tool('add_todo_task'),
  tool('calculate'),
  tool('complete_todo_task'),
  tool('current_time'),
  tool('get_todo_tasks'),
  tool('search_thread'),
];

function choose(text: string, toolChoice?: ToolChoice, offered = tools) {
  const request: ModelRequest = {
    messages: [{ role: 'user', content: [{ type: 'text', text }] }],
    tools: offered,
    toolChoice,
  };
  return chooseToolCalls(request).map(({ name, arguments: args }) => [name, args]);
}

describe('chooseToolCalls', () => {
  test.each([
    ['What is 12.5 * (3 + 4)?', [['calculate', { expression: '12.5 * (3 + 4)' }]]],
    ['Please calculate 6 times 7.', [['calculate', { expression: '6 * 7' }]]],
    ['calculate 2^10', [['calculate', { expression: '2^10' }]]],
    ['What time is it?', [['current_time', {}]]],
    ['What time is it in Europe/Berlin?', [['current_time', { timezone: 'Europe/Berlin' }]]],
    ['Add milk to my list', [['add_todo_task', { title: 'milk' }]]],
    [
      'Add milk, bread and tea to my todo list!',
      [
        ['add_todo_task', { title: 'milk' }],
        ['add_todo_task', { title: 'bread' }],
        ['add_todo_task', { title: 'tea' }],
      ],
    ],
    ['Add a task: water the plants.', [['add_todo_task', { title: 'water the plants' }]]],
    ['Remind me to call Ada', [['add_todo_task', { title: 'call Ada' }]]],
    ['What is on my todo list?', [['get_todo_tasks', {}]]],
    ['Show my tasks', [['get_todo_tasks', {}]]],
    ['Mark task 2 as done', [['complete_todo_task', { number: 2 }]]],
    [
      'I finished #1 and task number 3',
      [
        ['complete_todo_task', { number: 1 }],
        ['complete_todo_task', { number: 3 }],
      ],
    ],
    ['Search this thread for "umbrella"', [['search_thread', { query: 'umbrella' }]]],
    [
      'What is 2+2 and what time is it?',
      [
        ['calculate', { expression: '2+2' }],
        ['current_time', {}],
      ],
    ],
    ['Hello, I was born on 1990-01-02', []],
    ['Call 555-1234', []],
    ['7 - 2 = ?', [['calculate', { expression: '7 - 2' }]]],
    ['I like long walks', []],
  ])('%s', (text, expected) => {
    expect(choose(text)).toEqual(expected);
  });

  test('a tool that is named is called with arguments of its shape', () => {
    const parameters = {
      type: 'object',
      properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 1 } },
    };
    expect(choose('Please use the weather_report tool', 'auto', [tool('weather_report', parameters)])).toEqual([
      ['weather_report', { city: 'demo', days: 1 }],
    ]);
  });

  test('what is chosen for it, the demo calls; what is forbidden, it does not', () => {
    expect(choose('Hello', 'required')).toEqual([['add_todo_task', {}]]);
    expect(choose('Hello', { name: 'current_time' })).toEqual([['current_time', {}]]);
    expect(choose('What is 2+2?', 'none')).toEqual([]);
    expect(choose('What is 2+2?', 'auto', [])).toEqual([]);
  });
});

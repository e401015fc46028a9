import { describe, expect, test } from '@jest/globals';
import { nearMatches } from './near-matches.js';

const names = ['calculate', 'current_time', 'search_thread', 'get_todo_tasks'];

describe('nearMatches', () => {
  test.each([
    ['calculat', ['calculate']],
    ['CurrentTime', ['current_time']],
    ['search', ['search_thread']],
    ['get_todo_task', ['get_todo_tasks']],
    ['send_email', []],
    ['', []],
    ['task', ['get_todo_tasks']],
  ])('%j is near %j', (name, expected) => {
    expect(nearMatches(name, names)).toEqual(expected);
  });

  test('of several that hold the name the shortest comes first', () => {
    expect(nearMatches('tool', ['denied_tools', 'stop_on_tools', 'tools'], 2)).toEqual(['tools', 'denied_tools']);
  });

  test('the closest comes first, and no more than the limit', () => {
    expect(nearMatches('cat', ['cart', 'cat', 'bat', 'cut'], 2)).toEqual(['cat', 'bat']);
  });
});

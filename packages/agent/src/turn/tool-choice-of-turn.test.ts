import { describe, expect, test } from '@jest/globals';
import { toolChoiceOfTurn } from './tool-choice-of-turn.js';

describe('toolChoiceOfTurn', () => {
  test('a forced tool is forced once, so that the run can end', () => {
    expect(toolChoiceOfTurn('required', 1)).toBe('required');
    expect(toolChoiceOfTurn('required', 2)).toBeUndefined();
    expect(toolChoiceOfTurn({ tool: 'calculate' }, 1)).toEqual({ name: 'calculate' });
    expect(toolChoiceOfTurn({ tool: 'calculate' }, 2)).toBeUndefined();
  });

  test('none stays none, and auto says nothing', () => {
    expect(toolChoiceOfTurn('none', 7)).toBe('none');
    expect(toolChoiceOfTurn('auto', 1)).toBeUndefined();
    expect(toolChoiceOfTurn(undefined, 1)).toBeUndefined();
  });
});

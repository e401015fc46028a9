import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '@troupe/contracts';
import type { Tool } from '@troupe/spec';
import { z } from 'zod';
import { defineTool, type ToolOptions } from './define-tool.js';
import { toolContext } from './testing/tool-context.js';
import { ToolRegistry } from './tool-registry.js';

const parameters = z.object({ city: z.string() });

class GetWeather implements ToolOptions<typeof parameters> {
  readonly name = 'get_weather';
  readonly description = 'Tells the weather of a city.';
  readonly parameters = parameters;

  constructor(private readonly sky: string) {}

  execute({ city }: z.output<typeof parameters>): string {
    return `${this.sky} in ${city}`;
  }
}

const raw = (changes: Partial<Tool> = {}): Tool => ({
  name: 'roll_dice',
  description: 'Rolls dice.',
  parameters: { type: 'object', properties: {} },
  effect: 'read',
  timeoutMs: 1_000,
  execute: async () => 4,
  ...changes,
});

describe('ToolRegistry', () => {
  test('holds tools, and objects of classes that are tools', async () => {
    const dice = raw();
    const registry = new ToolRegistry([dice]);
    registry.register(new GetWeather('Sunny'));
    expect(registry.names).toEqual(['roll_dice', 'get_weather']);
    expect([...registry][0]).toBe(dice);
    expect(await registry.get('get_weather').execute({ city: 'London' }, toolContext())).toBe('Sunny in London');
  });

  test('a name that nobody registered is refused with near matches', () => {
    const registry = new ToolRegistry([raw()]);
    expect(registry.has('roll_dices')).toBe(false);
    expect(() => registry.get('roll_dices')).toThrow('Did you mean roll_dice?');
    expect(() => new ToolRegistry().get('roll_dice')).toThrow(
      expect.objectContaining({ code: 'tool_not_found', details: { tool: 'roll_dice', near_matches: [] } }),
    );
  });

  test('a name is taken once', () => {
    const registry = new ToolRegistry([raw()]);
    expect(() => registry.register(raw())).toThrow('The tool name "roll_dice" is taken');
  });

  test.each<[string, JsonObject, string]>([
    ['a schema of no object', { type: 'string' }, 'must be a JSON Schema with "type": "object"'],
    ['no schema', { type: 'object', properties: { city: { type: 'text' } } }, 'parameters/properties/city/type'],
    ['a required field that is no list', { type: 'object', required: 'city' }, 'parameters/required must be array'],
  ])('%s is refused', (_what, schema, message) => {
    expect(() => new ToolRegistry([raw({ parameters: schema })])).toThrow(message);
  });

  test('a name that providers refuse is refused', () => {
    expect(() => new ToolRegistry([raw({ name: '9 lives' })])).toThrow('must begin with a letter');
  });

  test('dependencies are those of its tools', async () => {
    const registry = new ToolRegistry<{ sky: string }>();
    const tool = registry.register(
      defineTool({
        name: 'look_up',
        description: 'Looks up.',
        parameters: z.object({}),
        execute: (_, { deps }: { deps: { sky: string } }) => deps.sky,
      }),
    );
    expect(await tool.execute({}, { ...toolContext(), deps: { sky: 'blue' } })).toBe('blue');
  });
});

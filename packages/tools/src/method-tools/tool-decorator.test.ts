import { describe, expect, test } from '@jest/globals';
import { transformSync } from '@swc/core';
import type { JsonValue } from '@troupe/contracts';
import type { RunContext } from '@troupe/spec';
import { z } from 'zod';
import { toolContext } from '../testing/tool-context.js';
import { Tool } from './tool-decorator.js';
import { toolsOf } from './tools-of.js';

const place = z.object({ city: z.string().describe('Name of the city') });

class Weather {
  constructor(private readonly sky: string) {}

  @Tool({ description: 'Tells the weather of a city.', parameters: place, effect: 'read' })
  getWeather({ city }: z.output<typeof place>): string {
    return `${this.sky} in ${city}`;
  }

  @Tool({
    name: 'warn',
    description: 'Warns all who live there.',
    parameters: place,
    needsApproval: true,
    timeoutMs: 5,
  })
  async warnEverybody({ city }: z.output<typeof place>, context: RunContext<{ sender: string }>): Promise<JsonValue> {
    return { city, by: context.deps.sender };
  }

  untouched(): string {
    return 'no tool';
  }
}

describe('@Tool()', () => {
  test('makes tools of the methods of an object, with what it knows', async () => {
    const [getWeather, warn] = toolsOf<{ sender: string }>(new Weather('Sunny'));
    expect(getWeather).toMatchObject({ name: 'get_weather', effect: 'read', parameters: { required: ['city'] } });
    expect(warn).toMatchObject({ name: 'warn', effect: 'effect', timeoutMs: 5 });
    const context = { ...toolContext(), deps: { sender: 'Ada' } };
    expect(await getWeather?.execute({ city: 'London' }, context)).toBe('Sunny in London');
    expect(await warn?.execute({ city: 'London' }, context)).toEqual({ city: 'London', by: 'Ada' });
    expect(await warn?.needsApproval?.({ city: 'London' }, context)).toBe(true);
  });

  test('objects of a class do not share what they know', async () => {
    const [sunny] = toolsOf(new Weather('Sunny'));
    toolsOf(new Weather('Rainy'));
    expect(await sunny?.execute({ city: 'London' }, toolContext())).toBe('Sunny in London');
  });

  test('a method that a subclass overrides is the one that runs', async () => {
    class Forecast extends Weather {
      override getWeather({ city }: z.output<typeof place>): string {
        return `Tomorrow: ${super.getWeather({ city })}`;
      }
    }
    const tools = toolsOf(new Forecast('Sunny'));
    expect(tools.map(({ name }) => name)).toEqual(['get_weather', 'warn']);
    expect(await tools[0]?.execute({ city: 'London' }, toolContext())).toBe('Tomorrow: Sunny in London');
  });

  test('an object without tools is refused', () => {
    expect(() => toolsOf(new Date())).toThrow('Date has no tools. Write @Tool(');
  });

  test('a schema that cannot become JSON Schema is refused where the class is defined, naming the field', () => {
    expect(() => {
      class Booking {
        @Tool({ description: 'Books.', parameters: z.object({ stay: z.object({ from: z.date() }) }) })
        bookRoom(): string {
          return '';
        }
      }
      return Booking;
    }).toThrow('The parameters of the tool "book_room" cannot become JSON Schema: stay.from (date): ');
  });

  test('a method that is named by a symbol needs a name', () => {
    const description = { description: 'Looks.', parameters: place };
    expect(() => Tool(description)({}, Symbol('look'), { value: () => '' })).toThrow('pass name');
  });
});

/** This repository compiles the decorators of TypeScript's `experimentalDecorators`; users may have the standard ones. */
describe('@Tool() as a standard decorator', () => {
  const compile = (source: string): ((...modules: unknown[]) => object) => {
    const { code } = transformSync(source, {
      swcrc: false,
      jsc: {
        target: 'es2022',
        parser: { syntax: 'typescript', decorators: true },
        transform: { decoratorVersion: '2022-03' },
      },
      module: { type: 'commonjs' },
    });
    return new Function('Tool', 'place', `const exports = {}; ${code}; return exports;`) as never;
  };

  test('makes tools of the methods of an object', async () => {
    const { Weather: Standard } = compile(`
      export class Weather {
        #sky = 'Sunny';
        @Tool({ description: 'Tells the weather of a city.', parameters: place })
        getWeather({ city }) { return this.#sky + ' in ' + city; }
      }
      export class Forecast extends Weather {
        getWeather(args) { return 'Tomorrow: ' + super.getWeather(args); }
      }
    `)(Tool, place) as { Weather: new () => object };
    const [tool] = toolsOf(new Standard());
    expect(tool?.name).toBe('get_weather');
    expect(await tool?.execute({ city: 'London' }, toolContext())).toBe('Sunny in London');
  });

  test('refuses a private method', () => {
    const define = compile(`
      export class Weather {
        @Tool({ description: 'Tells the weather of a city.', parameters: place })
        #getWeather() { return ''; }
      }
    `);
    expect(() => define(Tool, place)).toThrow('is private');
  });
});

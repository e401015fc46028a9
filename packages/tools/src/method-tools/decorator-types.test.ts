import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';

const run = promisify(execFile);
const installed = join(import.meta.dirname, '../../node_modules');
const compiler = join(installed, 'typescript/bin/tsc');

const program = `
import { z } from 'zod';
import type { RunContext } from '@troupe/spec';
import { Tool } from '../../../src/method-tools/tool-decorator.js';

const place = z.object({ city: z.string() });

export class Weather {
  #sky = 'Sunny';

  @Tool({ description: 'Tells the weather.', parameters: place })
  getWeather({ city }: z.output<typeof place>, context: RunContext<{ unit: string }>): string {
    return this.#sky + city + context.deps.unit;
  }

  // @ts-expect-error These arguments are not those of the schema.
  @Tool({ description: 'Tells the weather.', parameters: place })
  wrong({ town }: { town: string }): string {
    return town;
  }
}
`;

/** Users compile decorators either way; this repository checks only one of them. */
describe('the types of @Tool()', () => {
  test.each([
    ['standard decorators', []],
    ['TypeScript’s own', ['--experimentalDecorators']],
  ])('hold for %s', async (_what, flags) => {
    // Where packages are found, and no other check looks.
    await mkdir(join(installed, '.cache'), { recursive: true });
    const folder = await mkdtemp(join(installed, '.cache/decorators-'));
    try {
      const file = join(folder, 'weather.ts');
      await writeFile(file, program);
      const target = ['--target', 'es2023', '--lib', 'es2024,esnext.array,esnext.disposable,esnext.decorators'];
      const modules = ['--module', 'nodenext', '--customConditions', 'troupe-source', '--types', 'node'];
      const options = ['--ignoreConfig', '--noEmit', '--strict', '--skipLibCheck', ...target, ...modules, ...flags];
      const output = await run(process.execPath, [compiler, ...options, file]).catch(({ stdout }) => stdout);
      expect(output).toMatchObject({ stdout: '' });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from '@jest/globals';
import { loadDefinition } from './load-definition.js';

const folder = mkdtempSync(join(tmpdir(), 'definitions-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(content: string): string {
  const path = join(folder, 'agent.yaml');
  writeFileSync(path, content);
  return path;
}

describe('loadDefinition', () => {
  test('reads all that a definition can say', async () => {
    const path = file(`
role: You host.
goal: Happy guests.
personality: { tone: friendly, traits: [patient, exact] }
constraints:
  - Be brief.
examples:
  - user: When is check-out?
    assistant: At 11 in the morning.
instructions: |
  Prices in euros.
`);
    const definition = {
      role: 'You host.',
      goal: 'Happy guests.',
      personality: { tone: 'friendly', traits: ['patient', 'exact'] },
      constraints: ['Be brief.'],
      examples: [{ user: 'When is check-out?', assistant: 'At 11 in the morning.' }],
      instructions: 'Prices in euros.',
    };
    expect(await loadDefinition(path)).toEqual(definition);
    expect(await loadDefinition(pathToFileURL(path))).toEqual(definition);
  });

  test.each([
    ['nothing', '', 'the file: '],
    ['no role', 'goal: Happy guests.', 'role: '],
    ['an empty role', 'role: "  "', 'role: '],
    [
      'a misspelled field',
      'role: You host.\nconstrains: []',
      'constrains: there is no such field. Did you mean constraints?',
    ],
    [
      'a misspelled field further down',
      'role: x\npersonality: {ton: dry}',
      'personality.ton: there is no such field. Did you mean tone?',
    ],
    ['an unknown field', 'role: x\nmodel: gpt-4o', 'model: there is no such field.'],
    ['a wrong type', 'role: x\nexamples: [{user: hi, assistant: 3}]', 'examples.0.assistant: '],
    ['no YAML', 'role: [x', 'at line 1'],
  ])('refuses %s', async (_what, content, message) => {
    const path = file(content);
    await expect(loadDefinition(path)).rejects.toMatchObject({
      code: 'invalid_request',
      fault: 'caller',
      message: expect.stringContaining(message),
      details: { file: path },
    });
  });

  test('a file that is not there is named', async () => {
    await expect(loadDefinition(join(folder, 'none.yaml'))).rejects.toThrow(
      /none\.yaml holds no definition.*\n- it cannot be read/,
    );
  });
});

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type AgentDefinition, nearMatches, TroupeError } from '@troupe/contracts';
import { parse, YAMLParseError } from 'yaml';
import type { z } from 'zod';
import { definitionSchema } from './definition-schema.js';

/**
 * A definition from a file of YAML (or JSON, which is YAML too): the fields of `AgentDefinition`, and no others.
 * @param path of the file; relative ones begin at the working directory
 * @throws TroupeError `invalid_request` that names the file and each field that is wrong, misspelled ones with near matches.
 */
export async function loadDefinition(path: string | URL): Promise<AgentDefinition> {
  const name = path instanceof URL ? fileURLToPath(path) : path;
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw refused(name, ['it cannot be read'], cause);
  });
  return readDefinition(text, name);
}

function readDefinition(text: string, name: string): AgentDefinition {
  const read = definitionSchema.safeParse(parseYaml(text, name));
  if (read.success) return read.data;
  throw refused(name, read.error.issues.flatMap(describe));
}

function parseYaml(text: string, name: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof YAMLParseError) throw refused(name, [error.message.trimEnd()], error);
    throw error;
  }
}

/** Fields by the path of the object that holds them. */
const known: Record<string, string[]> = {
  '': Object.keys(definitionSchema.shape),
  personality: ['tone', 'style', 'traits'],
  examples: ['user', 'assistant'],
};

function describe(issue: z.core.$ZodIssue): string[] {
  const place = issue.path.join('.');
  if (issue.code !== 'unrecognized_keys') return [`${place || 'the file'}: ${issue.message}`];
  const fields = known[String(issue.path[0] ?? '')] ?? [];
  return issue.keys.map((key) => {
    const near = nearMatches(key, fields);
    const advice = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `Known: ${fields.join(', ')}.`;
    return `${[...issue.path, key].join('.')}: there is no such field. ${advice}`;
  });
}

function refused(file: string, problems: string[], cause?: unknown): TroupeError {
  return new TroupeError({
    code: 'invalid_request',
    fault: 'caller',
    message: `${file} holds no definition of an agent:\n${problems.map((problem) => `- ${problem}`).join('\n')}`,
    details: { file, problems },
    cause,
  });
}

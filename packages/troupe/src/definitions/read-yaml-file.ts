import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { nearMatches, TroupeError } from '@troupe/contracts';
import { parse, YAMLParseError } from 'yaml';
import { z } from 'zod';

/**
 * What a file of YAML (or JSON, which is YAML too) holds, by a schema.
 * @param what the file should hold, for errors
 * @throws TroupeError `invalid_request` that names the file and each field that is wrong, misspelled ones with near matches
 */
export async function readYamlFile<T>(path: string | URL, schema: z.ZodType<T>, what: string): Promise<T> {
  const file = path instanceof URL ? fileURLToPath(path) : path;
  const refused = (problems: string[], cause?: unknown) =>
    new TroupeError({
      code: 'invalid_request',
      fault: 'caller',
      message: `${file} holds no ${what}:\n${problems.map((problem) => `- ${problem}`).join('\n')}`,
      details: { file, problems },
      cause,
    });
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw refused(['it cannot be read'], cause);
  });
  const read = schema.safeParse(parseYaml(text, refused));
  if (read.success) return read.data;
  throw refused(read.error.issues.flatMap((issue) => describe(issue, schema)));
}

function parseYaml(text: string, refused: (problems: string[], cause: unknown) => TroupeError): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof YAMLParseError) throw refused([error.message.trimEnd()], error);
    throw error;
  }
}

function describe(issue: z.core.$ZodIssue, schema: z.ZodType): string[] {
  const place = issue.path.join('.');
  if (issue.code !== 'unrecognized_keys') return [`${place || 'the file'}: ${issue.message}`];
  const fields = fieldsAt(schema, issue.path);
  return issue.keys.map((key) => {
    const near = nearMatches(key, fields);
    const advice = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `Known: ${fields.join(', ')}.`;
    return `${[...issue.path, key].join('.')}: there is no such field. ${advice}`;
  });
}

/** Fields of the object at a path; where it may be one of several, those of all of them. */
function fieldsAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let nodes: z.core.JSONSchema.BaseSchema[] = variants(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
  for (const key of path) {
    nodes = nodes.flatMap(({ properties, items }) =>
      variants(typeof key === 'number' ? items : properties?.[String(key)]),
    );
  }
  return [...new Set(nodes.flatMap(({ properties = {} }) => Object.keys(properties)))];
}

type Variant = z.core.JSONSchema._JSONSchema | z.core.JSONSchema._JSONSchema[] | undefined;

function variants(node: Variant): z.core.JSONSchema.BaseSchema[] {
  if (typeof node !== 'object' || Array.isArray(node)) return [];
  const { anyOf = [], oneOf = [] } = node;
  return [node, ...[...anyOf, ...oneOf].flatMap(variants)];
}

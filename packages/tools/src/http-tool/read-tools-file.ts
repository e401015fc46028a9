import { readFileSync } from 'node:fs';
import type { Tool } from '@troupe/spec';
import { z } from 'zod';
import { httpTool } from './http-tool.js';
import { httpToolDeclaration } from './http-tool-declaration.js';

const declarations = z.array(httpToolDeclaration);

/**
 * The tools that a JSON file declares: an array of declarations.
 * @throws Error that names the file and everything that is wrong in it.
 */
export function readToolsFile(path: string): Tool[] {
  const parsed = declarations.safeParse(parse(path));
  if (parsed.success) return parsed.data.map(httpTool);
  const problems = parsed.error.issues.map((issue) => `  ${issue.path.join('.') || 'the file'}: ${issue.message}`);
  throw new Error(`The tools file ${path} is not valid:\n${problems.join('\n')}`);
}

function parse(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new Error(`The tools file ${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

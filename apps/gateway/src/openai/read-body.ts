import type { z } from 'zod';
import { fieldError, invalidRequest } from '../errors/invalid-request.js';

/**
 * A body of the dialect. Fields that the schema does not name are left out without a word: clients send what OpenAI
 * took last week.
 * @throws TroupeError `invalid_request` that names the first field that is wrong.
 */
export function readBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  const { path, message } = deepest(read.error.issues);
  if (path.length === 0) throw invalidRequest([fieldError([], 'The body must be a JSON object.')]);
  const names = path.map(String);
  throw invalidRequest([fieldError(names, `${names.join('.')}: ${message}.`)]);
}

type Issue = z.core.$ZodIssue;

/** What zod says of a value that has none of several forms, unless the schema says it better. */
const NO_FORM = 'Invalid input';

/** Of several forms that a value may have, the complaint of the one that it comes closest to. */
function deepest(issues: readonly Issue[]): Pick<Issue, 'path' | 'message'> {
  const [issue] = issues;
  if (issue?.code !== 'invalid_union' || issue.message !== NO_FORM) return issue ?? { path: [], message: NO_FORM };
  const [best] = issue.errors.map(deepest).toSorted((a, b) => b.path.length - a.path.length);
  if (!best || best.path.length === 0) return issue;
  return { path: [...issue.path, ...best.path], message: best.message };
}

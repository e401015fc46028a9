import { TroupeError } from '@troupe/contracts';
import { fieldError } from '../errors/invalid-request.js';

/** What is wrong with a part of an agent; `path` leads to it from the outside in. */
export interface ConfigurationProblem {
  path: string[];
  message: string;
  /** Of a name that no tool has. */
  near_matches?: string[];
}

/** @throws TroupeError that names the fields: `tool_not_found` where names are all that is wrong, else `invalid_request` */
export function refuseProblems(problems: readonly ConfigurationProblem[]): void {
  if (problems.length === 0) return;
  const errors = problems.map(({ path, message }) => fieldError(path, message));
  throw new TroupeError({
    code: problems.every(({ near_matches }) => near_matches) ? 'tool_not_found' : 'invalid_request',
    fault: 'caller',
    message: errors.map(({ message }) => message).join(' '),
    details: {
      near_matches: [...new Set(problems.flatMap(({ near_matches = [] }) => near_matches))],
      errors: errors.map((error) => ({ ...error })),
    },
  });
}

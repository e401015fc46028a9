import { TroupeError } from '@troupe/contracts';
import { fieldError } from '../errors/invalid-request.js';

/** What is wrong with a part of an agent; `path` leads to it from the outside in. */
export interface ConfigurationProblem {
  path: string[];
  message: string;
  /** What a name was to be of; absent: a tool. */
  kind?: 'agent' | 'tool';
  /** Of a name that nothing has. */
  near_matches?: string[];
}

/** @throws TroupeError as `problemsError` makes it, where there is any problem */
export function refuseProblems(problems: readonly ConfigurationProblem[]): void {
  if (problems.length > 0) throw problemsError(problems);
}

/** Names the fields: `agent_not_found` or `tool_not_found` where names are all that is wrong, else `invalid_request`. */
export function problemsError(problems: readonly ConfigurationProblem[]): TroupeError {
  const errors = problems.map(({ path, message }) => fieldError(path, message));
  const notFound = problems.some(({ kind }) => kind === 'agent') ? 'agent_not_found' : 'tool_not_found';
  return new TroupeError({
    code: problems.every(({ near_matches }) => near_matches) ? notFound : 'invalid_request',
    fault: 'caller',
    message: errors.map(({ message }) => message).join(' '),
    details: {
      near_matches: [...new Set(problems.flatMap(({ near_matches = [] }) => near_matches))],
      errors: errors.map((error) => ({ ...error })),
    },
  });
}

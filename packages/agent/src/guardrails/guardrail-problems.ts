import { type Guardrail, nearMatches, type UntrustedContent } from '@troupe/contracts';
import { unknownName } from '../tools/unknown-name.js';
import type { AgentGuardrail } from './agent-guardrail.js';
import { compilePattern } from './checks/find-patterns.js';

/** What is wrong with one of an agent's guardrails; `path` leads to it from the outside in. */
export interface GuardrailProblem {
  path: string[];
  message: string;
  /** Of a name that no tool has. */
  near_matches?: string[];
}

/** What the checks can do; who finds passages can take them out. */
const ACTIONS: Record<Guardrail['check']['type'], readonly NonNullable<Guardrail['action']>[]> = {
  injection: ['block', 'redact', 'retry'],
  patterns: ['block', 'redact', 'retry'],
  pii: ['redact', 'block', 'retry'],
  max_length: ['block', 'redact', 'retry'],
  attachments: ['block', 'redact'],
  judge: ['block', 'rewrite', 'retry'],
};

/**
 * What is wrong with guardrails whose fields are of the right kind. Whether the models of judges exist is for their catalog
 * to say.
 * @param tools names of the agent's tools
 */
export function guardrailProblems<Deps>(
  guardrails: readonly AgentGuardrail<Deps>[],
  tools: readonly string[],
): GuardrailProblem[] {
  return guardrails.flatMap((guardrail, index) =>
    problemsOf(guardrail, guardrails.slice(0, index), tools).map((problem) => ({
      ...problem,
      path: [String(index), ...problem.path],
    })),
  );
}

/** The same for what is said of untrusted content. */
export function untrustedProblems(untrusted: UntrustedContent, tools: readonly string[]): GuardrailProblem[] {
  const { allow = [], trusted_tools = [] } = untrusted;
  return [
    ...allow.flatMap(({ tool, argument, values }, index) => [
      ...unknownTools([tool], tools).map((problem) => ({ ...problem, path: ['allow', String(index), 'tool'] })),
      ...((argument === undefined) === (values === undefined)
        ? []
        : [
            {
              path: ['allow', String(index), argument === undefined ? 'argument' : 'values'],
              message: 'argument and values belong together; without both the tool may be called with anything.',
            },
          ]),
    ]),
    ...unknownTools(trusted_tools, tools).map((problem) => ({ ...problem, path: ['trusted_tools', ...problem.path] })),
  ];
}

function problemsOf<Deps>(
  guardrail: AgentGuardrail<Deps>,
  before: readonly AgentGuardrail<Deps>[],
  known: readonly string[],
): GuardrailProblem[] {
  const { name, on, tools, check } = guardrail;
  const problems = typeof check === 'function' ? [] : problemsOfData({ ...guardrail, check });
  if (before.some((other) => other.name === name)) {
    problems.push({ path: ['name'], message: `Two guardrails are called "${name}".` });
  }
  if (tools && !on.some((place) => place === 'tool_input' || place === 'tool_output')) {
    problems.push({ path: ['tools'], message: 'tools is for guardrails on tool_input or tool_output.' });
  }
  const unknown = unknownTools(tools ?? [], known);
  return [...problems, ...unknown.map((problem) => ({ ...problem, path: ['tools', ...problem.path] }))];
}

function problemsOfData({ on, check, action, mode }: Guardrail): GuardrailProblem[] {
  const problems: GuardrailProblem[] = [];
  const say = (path: string[], message: string) => problems.push({ path, message });
  if (action && !ACTIONS[check.type].includes(action)) {
    say(['action'], `A ${check.type} check cannot ${action}; it can ${ACTIONS[check.type].join(', ')}.`);
  }
  if (action === 'retry' && on.some((place) => place !== 'output')) {
    say(['action'], 'Only an answer can be given again: retry is for output alone.');
  }
  if (mode !== undefined && !(check.type === 'judge' && on.includes('input'))) {
    say(['mode'], 'Only a judge of input has a mode; everything else takes no time.');
  }
  if (mode === 'parallel' && action === 'rewrite') {
    say(['mode'], 'A judge that rewrites input must be blocking: the model would have read it.');
  }
  if (check.type === 'attachments' && on.some((place) => place !== 'input')) {
    say(['on'], 'Pictures and files come in: attachments is for input alone.');
  }
  if (check.type === 'judge' && check.attachments && !on.includes('input')) {
    say(['check', 'attachments'], 'Pictures and files come in: a judge is shown them on input alone.');
  }
  if (check.type !== 'patterns') return problems;
  for (const [index, pattern] of check.patterns.entries()) {
    const refused = whyRefused(pattern);
    if (refused !== undefined) say(['check', 'patterns', String(index)], refused);
  }
  return problems;
}

/** Patterns whose time could grow faster than the text have no RE2 syntax: such ones are refused when they are saved. */
function whyRefused(pattern: string): string | undefined {
  try {
    return compilePattern(pattern).matches('') ? 'This pattern matches nothing at all, and so every text.' : undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `Not a pattern in RE2 syntax, which has no look-around and no back references: ${reason}.`;
  }
}

function unknownTools(named: readonly string[], known: readonly string[]): GuardrailProblem[] {
  return named.flatMap((name, index) =>
    known.includes(name)
      ? []
      : [{ path: [String(index)], message: unknownName('tool', name, known), near_matches: nearMatches(name, known) }],
  );
}

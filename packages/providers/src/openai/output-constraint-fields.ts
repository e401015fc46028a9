import type { JsonObject } from '@troupe/contracts';
import type { OutputConstraint } from '@troupe/spec';
import { refuseRequest } from '../shared/refuse-request.js';
import type { ChatDialect } from './chat-dialect.js';

/** The fields that hold a server to a constraint. @throws TroupeError where it has none for this one */
export function outputConstraintFields(constraint: OutputConstraint, { constraints }: ChatDialect): JsonObject {
  switch (constraints) {
    case 'vllm':
      return { structured_outputs: vllmConstraint(constraint) };
    case 'llama-cpp':
      if (constraint.type === 'grammar') return { grammar: constraint.grammar };
      if (constraint.type === 'choice') return { grammar: grammarOf(constraint.choices) };
      break;
    case 'together':
      if (constraint.type === 'regex') return { response_format: { type: 'regex', pattern: constraint.pattern } };
  }
  throw refuseRequest(
    `This model cannot be held to a ${constraint.type}. Give an output schema instead (a choice is an enum), or choose ` +
      'a model on a server that can: vLLM takes regex, choice and grammar, llama.cpp choice and grammar, Together regex.',
  );
}

function vllmConstraint(constraint: OutputConstraint): JsonObject {
  switch (constraint.type) {
    case 'regex':
      return { regex: constraint.pattern };
    case 'choice':
      return { choice: constraint.choices };
    case 'grammar':
      return { grammar: constraint.grammar };
  }
}

/** GBNF, llama.cpp's grammar; its literals are written as JSON's. */
function grammarOf(choices: readonly string[]): string {
  return `root ::= ${choices.map((choice) => JSON.stringify(choice)).join(' | ')}`;
}

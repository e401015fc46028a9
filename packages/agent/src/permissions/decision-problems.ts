import type { Approval, ApprovalDecision } from '@troupe/contracts';
import type { ModelTool } from '@troupe/spec';
import { checkOfJsonSchema } from '../structured-output/check-of-json-schema.js';
import { argumentErrors } from '../tools/argument-errors.js';

/** What is wrong with one field of a decision. */
export interface DecisionProblem {
  field: keyof ApprovalDecision;
  message: string;
}

/**
 * Why a decision cannot be taken as it is; empty when it can.
 * @param tool of the call, where it is known here: changed arguments must fit its schema
 */
export async function decisionProblems(
  { kind, response_schema }: Pick<Approval, 'kind' | 'response_schema'>,
  { decision, arguments: args, answer, sticky }: ApprovalDecision,
  tool: ModelTool | undefined,
): Promise<DecisionProblem[]> {
  const problems: DecisionProblem[] = [];
  const refuse = (field: keyof ApprovalDecision, message: string) => problems.push({ field, message });
  if (kind === 'input' && decision === 'approve') refuse('decision', 'A question is answered or rejected.');
  if (kind === 'tool' && decision === 'answer') refuse('decision', 'A call is approved or rejected.');
  if (kind === 'input' && sticky !== undefined) refuse('sticky', 'An answer holds for its question alone.');
  if (args !== undefined && decision !== 'approve') refuse('arguments', 'Arguments are changed with "approve".');
  if (answer !== undefined && decision !== 'answer') refuse('answer', 'An answer comes with "answer".');
  if (problems.length > 0) return problems;
  if (args !== undefined) {
    for (const error of tool ? argumentErrors(tool, args) : []) refuse('arguments', `arguments: ${error}.`);
  }
  if (decision === 'answer') {
    if (answer === undefined) refuse('answer', 'answer is required.');
    else if (response_schema) {
      const verdict = await checkOfJsonSchema(response_schema).check(answer);
      if (!verdict.valid) for (const error of verdict.errors) refuse('answer', `${error}.`);
    }
  }
  return problems;
}

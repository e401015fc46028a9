import type { AnswerForm } from '../answer-form.js';
import type { ResponseBody } from './response-body.js';
import { ResponseEvents } from './response-events.js';
import { readResponseId } from './response-ids.js';

/**
 * The form of Responses.
 * @param id of the run or call
 * @param response that has nothing yet
 */
export function responseForm(id: string, response: ResponseBody): AnswerForm<ResponseBody> {
  return {
    pieces: () => new ResponseEvents(id, response),
    // The first answer is told again under its own id.
    tell: (answer) => {
      const begun = { ...response, id: answer.id, created_at: answer.created_at };
      return new ResponseEvents(readResponseId(answer.id) ?? id, begun).all(answer);
    },
  };
}

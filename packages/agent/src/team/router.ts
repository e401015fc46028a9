import { TroupeError } from '@troupe/contracts';
import type { ChatModel } from '@troupe/spec';
import { classify } from '../functions/classify.js';
import type { AskModel } from '../structured-output/ask-for-output.js';
import { usageOf } from '../usage/usage-of.js';
import type { TeamStrategy } from './team.js';

/** How one member is chosen for a message. */
export interface RouterOptions {
  /** Chooses who answers, by what the members say of themselves. */
  model: ChatModel;
  /** What to mind beside that. */
  instructions?: string;
}

/** A model chooses one member for each message, and that one answers. Every member sees the whole conversation. */
export function router({ model, instructions }: RouterOptions): TeamStrategy {
  return async ({ members, transcript, speak, spend, signal }) => {
    const names = members.map(({ name }) => name);
    const [only] = members;
    const chosen = names.length === 1 ? only?.name : await choose(names);
    const member = members.find(({ name }) => name === chosen);
    if (!member) throw nobody();
    return { text: await speak(member), agent: member.name };

    function choose(labels: string[]): Promise<string> {
      const descriptions = Object.fromEntries(members.map(({ name, description = '' }) => [name, description]));
      const ask: AskModel = async (request, asked) => {
        const response = await model.generate(request, { signal: asked });
        spend(usageOf(response.usage));
        return response;
      };
      const conversation = transcript.map(({ speaker, text }) => `${speaker ?? 'User'}: ${text}`).join('\n\n');
      const task = `The labels are who may answer the last message. ${instructions ?? ''}`.trim();
      return classify({ ask }, conversation, labels, { descriptions, instructions: task, signal });
    }
  };
}

function nobody(): TroupeError {
  return new TroupeError({ code: 'internal_error', fault: 'server', message: 'The router chose nobody of the team.' });
}

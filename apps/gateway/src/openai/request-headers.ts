import { cleanText, type MultitaskStrategy } from '@troupe/contracts';
import type { FastifyRequest } from 'fastify';
import { fieldError, invalidRequest } from '../errors/invalid-request.js';
import { MULTITASK_STRATEGIES } from '../runs/multitask-strategies.js';

/** What a client says beside the body that OpenAI defines. */
export interface RequestHeaders {
  /** Id of a thread or the application's own name for it; null: none was named. */
  thread: string | null;
  /** The end user, where the body names none. */
  userId: string | null;
  /** A chore of the application's own, such as a title for the chat: null for what a person says. */
  task: string | null;
  multitaskStrategy: MultitaskStrategy;
}

const MAX_LENGTH = 200;

/** @throws TroupeError `invalid_request` */
export function readRequestHeaders({ headers }: FastifyRequest): RequestHeaders {
  const read = (...names: string[]) => {
    for (const name of names) {
      const value = cleanText(String(headers[name] ?? '')).trim();
      // A placeholder that the application did not fill in says nothing.
      if (value === '' || value.startsWith('{{')) continue;
      if (value.length <= MAX_LENGTH) return value;
      throw invalidRequest([fieldError([name], `${name} must have 1 to ${MAX_LENGTH} characters.`)]);
    }
    return null;
  };
  return {
    thread: threadOf(read('x-troupe-thread', 'x-openwebui-chat-id')),
    userId: read('x-troupe-user', 'x-openwebui-user-id'),
    task: read('x-troupe-task'),
    multitaskStrategy: readStrategy(read('x-troupe-multitask-strategy')),
  };
}

/** LibreChat calls every chat so that has no id yet. */
function threadOf(name: string | null): string | null {
  return name === 'new' ? null : name;
}

function readStrategy(name: string | null): MultitaskStrategy {
  if (name === null) return 'reject';
  if (isStrategy(name)) return name;
  const message = `X-Troupe-Multitask-Strategy must be one of ${MULTITASK_STRATEGIES.join(', ')}.`;
  throw invalidRequest([fieldError(['x-troupe-multitask-strategy'], message)]);
}

function isStrategy(name: string): name is MultitaskStrategy {
  return MULTITASK_STRATEGIES.includes(name);
}

import type { AnswerForm } from './answer-form.js';
import { ChatChunks } from './chat-chunks.js';
import { type ChatCompletion, chatHead } from './chat-completion.js';
import type { ChatRequest } from './chat-request.js';

/**
 * The form of Chat Completions. @param id of the run or call
 */
export function chatForm(id: string, { model, stream_options }: ChatRequest): AnswerForm<ChatCompletion> {
  const options = { includeUsage: stream_options?.include_usage ?? false };
  return {
    pieces: () => new ChatChunks(chatHead(id, model), options),
    // The first answer is told again under its own id.
    tell: (answer) => new ChatChunks(answer, options).all(answer),
  };
}

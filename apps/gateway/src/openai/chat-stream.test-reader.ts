import type { AnswerDelta } from './answer-form.js';
import type { ChatHead, ChatUsage } from './chat-completion.js';
import type { OpenAiErrorBody } from './openai-error.js';

export interface Chunk extends ChatHead {
  object: string;
  choices: { index: number; delta: AnswerDelta; finish_reason: string | null }[];
  usage?: ChatUsage | null;
}

/** The data of a stream of chunks, in order; throws where a frame is anything else. */
export function framesOf(text: string): (Chunk | OpenAiErrorBody | '[DONE]')[] {
  const frames = text.split('\n\n');
  if (frames.pop() !== '') throw new Error('The stream does not end with a blank line.');
  return frames
    .filter((frame) => !frame.startsWith(':'))
    .map((frame) => {
      const data = /^data: (.*)$/.exec(frame)?.[1];
      if (data === undefined) throw new Error(`This is no frame of data: ${frame}`);
      return data === '[DONE]' ? data : JSON.parse(data);
    });
}

export function chunksOf(text: string): Chunk[] {
  return framesOf(text).filter((frame): frame is Chunk => typeof frame === 'object' && 'choices' in frame);
}

export function textOfChunks(chunks: readonly Chunk[]): string {
  return chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('');
}

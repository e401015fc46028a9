import type { ChatAnswer, ChatFinishReason, ChatToolCall, ChatUsage } from './chat-completion.js';

/** A new piece of an answer; every piece of a tool call names its place among the calls. */
export interface AnswerDelta {
  role?: 'assistant';
  content?: string;
  reasoning_content?: string;
  tool_calls?: { index: number; id?: string; type?: 'function'; function: Partial<ChatToolCall['function']> }[];
}

/** Writes one answer as a stream, in frames that are ready to send. */
export interface AnswerPieces<Answer = unknown> {
  /** Comes before everything else. */
  begin(): string;
  delta(delta: AnswerDelta): string;
  /** The end of an answer that is whole. */
  finish(reason: ChatFinishReason, usage: ChatUsage): string;
  /** The end of one that broke off. */
  fail(error: unknown): string;
  /** The same answer as one object, after its end or in place of a stream. */
  whole(message: ChatAnswer, reason: ChatFinishReason, usage: ChatUsage): Answer;
}

/** How an answer is told in one of OpenAI's two dialects: as an object, or piece by piece. */
export interface AnswerForm<Answer> {
  pieces(): AnswerPieces<Answer>;
  /** The frames of an answer that is there already. */
  tell(answer: Answer): string;
}

import type { ContentPart } from '@troupe/contracts';
import type { FinishReason, ModelEvent, ModelRequest, ModelResponse } from '@troupe/spec';
import type { AnswerParser } from './stream-model-events.js';

/** Beside the tools of the agent: letters that nobody gives a tool. */
const toolName = 'final_answer_as_json';

/**
 * For models that take no output schema but check the arguments of tools: the answer becomes the call of a tool whose
 * parameters are the schema. Its arguments are read back as the text of the answer.
 */
export function withAnswerTool(request: ModelRequest): ModelRequest {
  const { outputSchema, ...rest } = request;
  const { tools = [], toolChoice = 'auto' } = rest;
  // A tool must be called now: the answer comes in a later turn.
  if (outputSchema === undefined || toolChoice === 'required' || typeof toolChoice === 'object') return rest;
  const answerTool = {
    name: toolName,
    description: `Gives the final answer (${outputSchema.name}). Call it once, when nothing else is left to do.`,
    parameters: outputSchema.schema,
  };
  return {
    ...rest,
    tools: [...tools, answerTool],
    toolChoice: tools.length === 0 || toolChoice === 'none' ? { name: toolName } : 'required',
  };
}

/** Reads what `withAnswerTool` asked for, whole. */
export function readAnswerTool(response: ModelResponse): ModelResponse {
  const isAnswer = (part: ContentPart) => part.type === 'tool_call' && part.name === toolName;
  if (!response.content.some(isAnswer)) return response;
  const content = response.content.map((part): ContentPart => {
    if (part.type !== 'tool_call' || part.name !== toolName) return part;
    return { type: 'text', text: part.invalid_arguments ?? JSON.stringify(part.arguments) };
  });
  return { ...response, content, finish: finishOf(response.finish, content) };
}

/** Reads it streamed: what the tool is called with is told as text, exactly as it came. */
export class AnswerToolParser implements AnswerParser {
  /** Index of the call among those that the provider sent. */
  #answerIndex: number | undefined;
  #text = '';

  constructor(readonly inner: AnswerParser) {}

  get ended(): boolean {
    return this.inner.ended;
  }

  isHeartbeat(frame: string): boolean {
    return this.inner.isHeartbeat?.(frame) ?? false;
  }

  push(frame: string, events: ModelEvent[]): void {
    const told: ModelEvent[] = [];
    this.inner.push(frame, told);
    for (const event of told) this.#tell(event, events);
  }

  finish(): ModelResponse {
    const response = this.inner.finish();
    if (this.#answerIndex === undefined) return response;
    let seen = -1;
    const content = response.content.map((part): ContentPart => {
      if (part.type !== 'tool_call') return part;
      seen += 1;
      return seen === this.#answerIndex ? { type: 'text', text: this.#text } : part;
    });
    return { ...response, content, finish: finishOf(response.finish, content) };
  }

  #tell(event: ModelEvent, events: ModelEvent[]): void {
    if (event.type === 'tool_call.started' && event.name === toolName && this.#answerIndex === undefined) {
      this.#answerIndex = event.index;
      return;
    }
    if (event.type !== 'tool_call.started' && event.type !== 'tool_call.delta') {
      events.push(event);
      return;
    }
    const answerIndex = this.#answerIndex ?? Number.POSITIVE_INFINITY;
    if (event.index === answerIndex) {
      if (event.type === 'tool_call.started') return;
      this.#text += event.delta;
      events.push({ type: 'text.delta', delta: event.delta });
    } else {
      events.push(event.index > answerIndex ? { ...event, index: event.index - 1 } : event);
    }
  }
}

function finishOf(finish: FinishReason, content: readonly ContentPart[]): FinishReason {
  const hasCalls = content.some(({ type }) => type === 'tool_call');
  return finish.reason === 'tool_calls' && !hasCalls ? { ...finish, reason: 'stop' } : finish;
}

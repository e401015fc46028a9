import type { AnswerDelta, AnswerPieces } from '../answer-form.js';
import type { ChatAnswer, ChatFinishReason, ChatUsage } from '../chat-completion.js';
import { openAiErrorOf } from '../openai-error.js';
import {
  type CallItem,
  type MessageItem,
  type OutputItem,
  type OutputText,
  type ReasoningItem,
  type ResponseBody,
  textOfMessage,
} from './response-body.js';
import { endedResponse } from './response-end.js';
import { type ItemPrefix, itemIdOf } from './response-ids.js';

type CallDelta = NonNullable<AnswerDelta['tool_calls']>[number];

/** Writes one answer as the events of a response, in frames that are ready to send. */
export class ResponseEvents implements AnswerPieces<ResponseBody> {
  /** Id of the run or call. */
  readonly #id: string;
  #response: ResponseBody;
  readonly #output: OutputItem[] = [];
  /** The text or the thoughts that are being said; a call is open until the end, as some models write several at once. */
  #saying: MessageItem | ReasoningItem | undefined;
  /** By their place among the calls. */
  readonly #calls = new Map<number, CallItem>();
  #sequence = 0;
  #ended = false;

  /** @param response that has nothing yet */
  constructor(id: string, response: ResponseBody) {
    this.#id = id;
    this.#response = response;
  }

  begin(): string {
    const response = this.#response;
    return this.#event('response.created', { response }) + this.#event('response.in_progress', { response });
  }

  delta({ reasoning_content, content, tool_calls = [] }: AnswerDelta): string {
    return [
      reasoning_content ? this.#think(reasoning_content) : '',
      content ? this.#say(content) : '',
      ...tool_calls.map((call) => this.#call(call)),
    ].join('');
  }

  finish(reason: ChatFinishReason, usage: ChatUsage): string {
    // Clients look for a message where there is no call, be it an empty one.
    const silent = this.#output.length === 0 ? this.#openMessage() : '';
    return silent + this.#closeAll() + this.#end(endedResponse(this.#response, this.#output, reason, usage));
  }

  /** Some clients read the event, others the state of the response. */
  fail(thrown: unknown): string {
    const { error } = openAiErrorOf(thrown).body;
    const { code, message, param } = error;
    const failed: ResponseBody = {
      ...this.#response,
      status: 'failed',
      output: this.#output,
      error: { code, message },
    };
    return this.#event('error', { code, message, param, error }) + this.#end(failed);
  }

  whole(message: ChatAnswer, reason: ChatFinishReason, usage: ChatUsage): ResponseBody {
    if (!this.#ended) {
      this.#sayAll(message);
      this.finish(reason, usage);
    }
    return this.#response;
  }

  /** An answer that is there already. */
  all(answer: ResponseBody): string {
    const begin = this.begin();
    const said = answer.output.map((item, place) => this.delta(deltaOf(item, place))).join('');
    return begin + said + this.#closeAll() + this.#end(answer);
  }

  #sayAll({ reasoning_content, content, tool_calls }: ChatAnswer): void {
    this.delta({
      ...(reasoning_content !== undefined && { reasoning_content }),
      ...(content !== null && { content }),
      ...(tool_calls && { tool_calls: tool_calls.map((call, index) => ({ index, ...call })) }),
    });
  }

  #think(delta: string): string {
    const open = this.#saying?.type === 'reasoning' ? '' : this.#closeSaying() + this.#openReasoning();
    const item = this.#saying;
    if (item?.type !== 'reasoning') return open;
    const [part] = item.summary;
    if (part) part.text += delta;
    const place = { ...this.#placeOf(item), summary_index: 0 };
    return open + this.#event('response.reasoning_summary_text.delta', { ...place, delta });
  }

  #say(delta: string): string {
    const open = this.#saying?.type === 'message' ? '' : this.#closeSaying() + this.#openMessage();
    const item = this.#saying;
    if (item?.type !== 'message') return open;
    const [part] = item.content;
    if (part) part.text += delta;
    const place = { ...this.#placeOf(item), content_index: 0 };
    return open + this.#event('response.output_text.delta', { ...place, delta, logprobs: [] });
  }

  #call({ index, id, function: { name = '', arguments: delta = '' } }: CallDelta): string {
    const open = this.#calls.has(index) ? '' : this.#closeSaying() + this.#openCall(index, id ?? '', name);
    const item = this.#calls.get(index);
    if (!item || delta === '') return open;
    item.arguments += delta;
    return open + this.#event('response.function_call_arguments.delta', { ...this.#placeOf(item), delta });
  }

  #openReasoning(): string {
    const item: ReasoningItem = { id: this.#nextId('rs'), type: 'reasoning', summary: [] };
    const added = this.#add(item);
    this.#saying = item;
    const part = { type: 'summary_text' as const, text: '' };
    item.summary = [part];
    const place = { ...this.#placeOf(item), summary_index: 0 };
    return added + this.#event('response.reasoning_summary_part.added', { ...place, part });
  }

  #openMessage(): string {
    const item: MessageItem = {
      id: this.#nextId('msg'),
      type: 'message',
      status: 'in_progress',
      role: 'assistant',
      content: [],
    };
    const added = this.#add(item);
    this.#saying = item;
    const part: OutputText = { type: 'output_text', text: '', annotations: [], logprobs: [] };
    item.content = [part];
    const place = { ...this.#placeOf(item), content_index: 0 };
    return added + this.#event('response.content_part.added', { ...place, part });
  }

  #openCall(index: number, call_id: string, name: string): string {
    const item: CallItem = {
      id: this.#nextId('fc'),
      type: 'function_call',
      status: 'in_progress',
      call_id,
      name,
      arguments: '',
    };
    this.#calls.set(index, item);
    return this.#add(item);
  }

  #closeAll(): string {
    return this.#closeSaying() + [...this.#calls.values()].map((call) => this.#closeCall(call)).join('');
  }

  #closeSaying(): string {
    const item = this.#saying;
    this.#saying = undefined;
    if (!item) return '';
    return item.type === 'message' ? this.#closeMessage(item) : this.#closeReasoning(item);
  }

  #closeMessage(item: MessageItem): string {
    item.status = 'completed';
    const place = { ...this.#placeOf(item), content_index: 0 };
    const [part] = item.content;
    return (
      this.#event('response.output_text.done', { ...place, text: part?.text ?? '', logprobs: [] }) +
      this.#event('response.content_part.done', { ...place, part }) +
      this.#done(item)
    );
  }

  #closeReasoning(item: ReasoningItem): string {
    const place = { ...this.#placeOf(item), summary_index: 0 };
    const [part] = item.summary;
    return (
      this.#event('response.reasoning_summary_text.done', { ...place, text: part?.text ?? '' }) +
      this.#event('response.reasoning_summary_part.done', { ...place, part }) +
      this.#done(item)
    );
  }

  #closeCall(item: CallItem): string {
    item.status = 'completed';
    const { name, arguments: text } = item;
    const done = { ...this.#placeOf(item), name, arguments: text };
    return this.#event('response.function_call_arguments.done', done) + this.#done(item);
  }

  #end(response: ResponseBody): string {
    this.#ended = true;
    this.#response = response;
    return this.#event(`response.${response.status}`, { response });
  }

  #add(item: OutputItem): string {
    this.#output.push(item);
    return this.#event('response.output_item.added', { output_index: this.#output.length - 1, item });
  }

  #done(item: OutputItem): string {
    return this.#event('response.output_item.done', { output_index: this.#output.indexOf(item), item });
  }

  #nextId(prefix: ItemPrefix): string {
    return itemIdOf(prefix, this.#id, this.#output.length);
  }

  #placeOf(item: OutputItem): { item_id: string; output_index: number } {
    return { item_id: item.id, output_index: this.#output.indexOf(item) };
  }

  #event(type: string, data: object): string {
    const sequence_number = this.#sequence;
    this.#sequence += 1;
    return `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number, ...data })}\n\n`;
  }
}

/** An item as the one piece that says all of it. */
function deltaOf(item: OutputItem, place: number): AnswerDelta {
  switch (item.type) {
    case 'reasoning':
      return { reasoning_content: item.summary.map(({ text }) => text).join('') };
    case 'message':
      return { content: textOfMessage(item) };
    case 'function_call': {
      const { call_id: id, name, arguments: text } = item;
      return { tool_calls: [{ index: place, id, function: { name, arguments: text } }] };
    }
  }
}

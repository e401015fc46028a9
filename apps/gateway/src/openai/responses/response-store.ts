import { Inject, Injectable } from '@nestjs/common';
import { TroupeError } from '@troupe/contracts';
import { Database, deleteResponse, readResponse, readResponses, readRun, storeResponse } from '@troupe/database';
import type { Logger } from '@troupe/observability';
import { fieldError, invalidRequest } from '../../errors/invalid-request.js';
import { LOGGER } from '../../tokens.js';
import type { OutputItem, ResponseBody } from './response-body.js';
import type { PlainItem } from './response-conversation.js';
import { readConversationId, readItemId, readResponseId } from './response-ids.js';
import type { InputItem } from './response-request.js';
import { responseOfRun } from './run-response.js';

/** Responses by their ids: those of models are rows of their own, those of agents are runs. */
@Injectable()
export class ResponseStore {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** The answer is there and paid for: it leaves even when it cannot be kept. */
  async keep(
    tenantId: string,
    id: string,
    asked: { previousId: string | null; input: readonly PlainItem[] },
    response: ResponseBody,
  ): Promise<void> {
    const { previousId, input } = asked;
    const stored = { id, previousId, input: JSON.stringify(input), response: JSON.stringify(response) };
    try {
      await storeResponse(this.database, tenantId, stored);
    } catch (error) {
      this.logger.error({ err: error, response: response.id }, 'a response could not be stored');
    }
  }

  /** @throws TroupeError `response_not_found` */
  async read(tenantId: string, name: string): Promise<ResponseBody> {
    const id = readResponseId(name);
    const found = id !== undefined && (await this.#find(tenantId, id));
    if (!found) throw responseNotFound(name);
    return found;
  }

  /** What a model's request said anew. @throws TroupeError `response_not_found`, `invalid_request` for an agent's */
  async readInput(tenantId: string, name: string): Promise<PlainItem[]> {
    const id = readResponseId(name);
    const stored = id !== undefined && (await readResponse(this.database, tenantId, id));
    if (!stored) throw await this.#notOfModel(tenantId, name);
    return JSON.parse(stored.input) as PlainItem[];
  }

  /** @throws TroupeError `response_not_found`, `invalid_request` for an agent's */
  async delete(tenantId: string, name: string): Promise<void> {
    const id = readResponseId(name);
    if (id !== undefined && (await deleteResponse(this.database, tenantId, id))) return;
    throw await this.#notOfModel(tenantId, name);
  }

  /**
   * Everything that was said up to a model's response, that included.
   * @throws TroupeError `invalid_request` when there is none to go on from
   */
  async conversationOf(tenantId: string, name: string): Promise<{ id: string; items: PlainItem[] }> {
    const id = readResponseId(name);
    const responses = id === undefined ? undefined : await readResponses(this.database, tenantId, id);
    if (id === undefined || !responses) throw previousNotFound(name);
    const items = responses.flatMap(({ input, response }): PlainItem[] => [
      ...(JSON.parse(input) as PlainItem[]),
      ...(JSON.parse(response) as ResponseBody).output.map(askedItem),
    ]);
    return { id, items };
  }

  /** The thread of an agent's response. @throws TroupeError `invalid_request` when there is none to go on from */
  async threadOf(tenantId: string, name: string): Promise<string> {
    const id = readResponseId(name);
    const result = id === undefined ? undefined : await this.#findRun(tenantId, id);
    if (!result) throw previousNotFound(name);
    return result.run.thread_id;
  }

  /** Puts what is referred to in the place of references. @throws TroupeError `response_not_found` */
  async resolve(tenantId: string, items: readonly InputItem[]): Promise<PlainItem[]> {
    return Promise.all(
      items.map(async (item) => (item.type === 'item_reference' ? this.#readItem(tenantId, item.id) : item)),
    );
  }

  async #readItem(tenantId: string, name: string): Promise<PlainItem> {
    const place = readItemId(name);
    const response = place && (await this.#find(tenantId, place.responseId));
    const item = response?.output[place?.index ?? -1];
    if (item?.id === name) return askedItem(item);
    const message = `There is no item "${name}". Items of requests with store: false are not kept, others for 30 days.`;
    throw new TroupeError({ code: 'response_not_found', fault: 'caller', message });
  }

  async #notOfModel(tenantId: string, name: string): Promise<TroupeError> {
    const { conversation } = await this.read(tenantId, name);
    const thread = conversation && readConversationId(conversation.id);
    const message = `Response "${name}" is an agent's: it belongs to its thread, at /api/threads/${thread}.`;
    return invalidRequest([fieldError(['response_id'], message)]);
  }

  async #find(tenantId: string, id: string): Promise<ResponseBody | undefined> {
    const stored = await readResponse(this.database, tenantId, id);
    if (stored) return JSON.parse(stored.response) as ResponseBody;
    const result = await this.#findRun(tenantId, id);
    return result && responseOfRun(result);
  }

  async #findRun(tenantId: string, id: string) {
    try {
      return await readRun(this.database, tenantId, id);
    } catch (error) {
      if (error instanceof TroupeError && error.code === 'run_not_found') return undefined;
      throw error;
    }
  }
}

/** What was answered, as a later request says it. */
function askedItem(item: OutputItem): PlainItem {
  switch (item.type) {
    case 'message':
      return { type: 'message', role: 'assistant', content: item.content };
    case 'function_call':
      return { type: 'function_call', call_id: item.call_id, name: item.name, arguments: item.arguments };
    case 'reasoning':
      return { type: 'reasoning' };
  }
}

function responseNotFound(name: string): TroupeError {
  const message = `There is no response "${name}". Those of requests with store: false are not kept, others for 30 days.`;
  return new TroupeError({ code: 'response_not_found', fault: 'caller', message });
}

function previousNotFound(name: string): TroupeError {
  const message =
    `previous_response_id: there is no response "${name}" to go on from: an agent goes on from an answer of an agent, ` +
    'and a model from one of a model, unless it was asked with store: false or is older than 30 days.';
  return invalidRequest([fieldError(['previous_response_id'], message)]);
}

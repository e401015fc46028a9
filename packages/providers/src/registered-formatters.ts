import type { ModelId } from '@troupe/contracts';
import type { ChatModel, ModelCallOptions, ModelEvent, ModelRequest, ModelResponse } from '@troupe/spec';

/**
 * Shapes what some models are asked: for a model that wants its system prompt, its history or its tools in another form
 * than its provider's adapter writes.
 */
export interface RequestFormatter {
  /** Names it among the others; registering the same name again is an error. */
  name: string;
  appliesTo(model: ModelId): boolean;
  /** Gives a new request; the one it gets stays as it is. What it throws as a TroupeError reaches the caller. */
  format(request: ModelRequest, model: ModelId): ModelRequest;
}

const registered = new Map<string, RequestFormatter>();

/**
 * Adds a formatter to all models it applies to, in the catalogs that are created afterwards. Several are applied in the
 * order in which they were registered.
 * @returns takes it out again
 * @throws Error when the name is taken
 */
export function registerFormatter(formatter: RequestFormatter): () => void {
  const { name } = formatter;
  if (registered.has(name)) throw new Error(`There is a formatter "${name}" already: choose another name.`);
  registered.set(name, formatter);
  return () => {
    registered.delete(name);
  };
}

/** What was registered up to now. */
export function registeredFormatters(): readonly RequestFormatter[] {
  return [...registered.values()];
}

/** The model itself where no formatter applies. */
export function withFormatters(model: ChatModel, formatters: readonly RequestFormatter[]): ChatModel {
  const applied = formatters.filter((formatter) => formatter.appliesTo(model.id));
  return applied.length === 0 ? model : new FormattedModel(model, applied);
}

class FormattedModel implements ChatModel {
  constructor(
    readonly model: ChatModel,
    readonly formatters: readonly RequestFormatter[],
  ) {}

  get id() {
    return this.model.id;
  }

  get accounts() {
    return this.model.accounts;
  }

  get capabilities() {
    return this.model.capabilities;
  }

  async generate(request: ModelRequest, options?: ModelCallOptions): Promise<ModelResponse> {
    return this.model.generate(this.#format(request), options);
  }

  async *stream(request: ModelRequest, options?: ModelCallOptions): AsyncIterable<ModelEvent> {
    yield* this.model.stream(this.#format(request), options);
  }

  #format(request: ModelRequest): ModelRequest {
    return this.formatters.reduce((shaped, formatter) => formatter.format(shaped, this.id), request);
  }
}

/** In what servers of Chat Completions differ, as data. */
export interface ChatDialect {
  maxTokensField: 'max_completion_tokens' | 'max_tokens';
  /** Whether streams report usage when `stream_options` asks for it. */
  usageInStreams: boolean;
  /** Whether a tool can say that its arguments follow its schema exactly. */
  strictTools: boolean;
  /** Whether one tool can be demanded by its name; else it is the only one that is offered. */
  toolChoiceByName: boolean;
  /** Whether an answer can be held to a schema while tools are offered; else the schema is asked for in words. */
  schemaBesideTools: boolean;
  /** Whether names are OpenAI's, which tell what a model takes: no sampling settings where it reasons, and so on. */
  namesTellAbilities: boolean;
  /** Whether reasoning models take their system prompt under the role `developer`. */
  developerRole: boolean;
  /** Whether `prompt_cache_key` and its siblings are known. */
  promptCacheKey: boolean;
  /** How the server is told to constrain what it generates; absent: it cannot. */
  constraints?: 'vllm' | 'llama-cpp' | 'together';
  /** How thinking is switched off where `reasoning_effort` has no `none`. */
  thinkingSwitch?: 'chat_template_kwargs';
}

/** OpenAI itself. */
export const openAiDialect: ChatDialect = {
  maxTokensField: 'max_completion_tokens',
  usageInStreams: true,
  strictTools: true,
  toolChoiceByName: true,
  schemaBesideTools: true,
  namesTellAbilities: true,
  developerRole: true,
  promptCacheKey: true,
};

/** A server that was put in OpenAI's place: mostly a proxy to it, but what only OpenAI knows may be refused. */
export const openAiProxyDialect: ChatDialect = {
  ...openAiDialect,
  strictTools: false,
  developerRole: false,
  promptCacheKey: false,
};

import { messageAnswers } from './anthropic-messages/answers.js';
import { messageFailures } from './anthropic-messages/failures.js';
import { messageToolCalls } from './anthropic-messages/tool-calls.js';
import { ollamaCorpora } from './ollama-chat/ollama-corpora.js';
import { chatAnswers } from './openai-chat/answers.js';
import { chatFailures } from './openai-chat/failures.js';
import { chatToolCalls } from './openai-chat/tool-calls.js';
import { responseAnswers } from './openai-responses/answers.js';
import { responseFailures } from './openai-responses/failures.js';
import { responseToolCalls } from './openai-responses/tool-calls.js';
import { openRouterCorpora } from './openrouter-chat/openrouter-corpora.js';
import type { CorpusFormat, StreamCorpus } from './stream-corpus.js';

interface FormatCorpora {
  /** Of a stream in this format. */
  contentType: string;
  corpora: readonly StreamCorpus[];
}

/** What every adapter of a format is sent. */
export const allStreamCorpora: Record<CorpusFormat, FormatCorpora> = {
  'anthropic-messages': {
    contentType: 'text/event-stream; charset=utf-8',
    corpora: [...messageAnswers, ...messageToolCalls, ...messageFailures],
  },
  'ollama-chat': { contentType: 'application/x-ndjson', corpora: ollamaCorpora },
  'openai-chat': {
    contentType: 'text/event-stream; charset=utf-8',
    corpora: [...chatAnswers, ...chatToolCalls, ...chatFailures],
  },
  'openai-responses': {
    contentType: 'text/event-stream; charset=utf-8',
    corpora: [...responseAnswers, ...responseToolCalls, ...responseFailures],
  },
  'openrouter-chat': { contentType: 'text/event-stream', corpora: openRouterCorpora },
};

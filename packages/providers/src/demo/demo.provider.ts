import type { ModelProvider } from '../model-provider.js';
import { DemoEmbeddingModel } from './demo-embedding-model.js';
import { DemoModel } from './demo-model.js';

const wordDelayMs = 15;

export function createDemoProvider(): ModelProvider {
  return {
    id: 'demo',
    defaultModel: 'demo',
    onlyModels: ['demo'],
    createModel: (model) => new DemoModel({ id: `demo/${model}`, wordDelayMs }),
    createEmbedding: (model) => new DemoEmbeddingModel(`demo/${model}`),
    listModels: async () => ['demo'],
  };
}

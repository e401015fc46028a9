import type { ModelProvider } from '../model-provider.js';
import { DemoModel } from './demo-model.js';

const wordDelayMs = 15;

export function createDemoProvider(): ModelProvider {
  return {
    id: 'demo',
    defaultModel: 'demo',
    onlyModels: ['demo'],
    createModel: (model) => new DemoModel({ id: `demo/${model}`, wordDelayMs }),
    listModels: async () => ['demo'],
  };
}

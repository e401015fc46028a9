import { type AiFunctions, askModel, type FunctionModel, aiFunctions as functionsOf } from '@troupe/agent';
import { type ModelChoice, resolveModel } from './models/resolve-model.js';

/** Which model carries functions out, and how it answers. */
export type AiFunctionsOptions = ModelChoice & Omit<FunctionModel, 'ask'>;

/**
 * Functions that a model carries out: `classify`, `extract`, `cast`, `generate`, and `fn` for your own. They may be taken
 * apart: `const { classify } = aiFunctions({ provider: 'openai', apiKey })`.
 *
 * @throws TroupeError as `getProvider` does
 */
export function aiFunctions(options: AiFunctionsOptions): AiFunctions {
  const { modelSettings, outputRetries } = options;
  return functionsOf({ ask: askModel(resolveModel(options)), modelSettings, outputRetries });
}

import { TroupeError } from '@troupe/contracts';
import type { ChatModel, ModelCatalog } from '@troupe/spec';

/**
 * A few models, each under its own id.
 * @throws TroupeError `invalid_request` when two have the same; on `resolve`, `model_not_found`.
 */
export function modelRoutes(models: readonly ChatModel[]): ModelCatalog {
  const byId = new Map(models.map((model) => [model.id, model]));
  if (byId.size < models.length) throw sameId(models);
  return {
    defaultModel: models[0]?.id ?? '',
    resolve: (id) => byId.get(id) ?? notFound(id),
    list: async () => models.map(({ id }) => ({ id, provider: id.slice(0, id.indexOf('/')) })),
  };
}

function sameId(models: readonly ChatModel[]): TroupeError {
  const ids = models.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index) ?? '';
  return new TroupeError({
    code: 'invalid_request',
    fault: 'caller',
    message: `${twice} is named twice. Name each model once: the model itself and its fallbackModels.`,
    details: { model: twice },
  });
}

function notFound(id: string): never {
  throw new TroupeError({ code: 'model_not_found', fault: 'caller', message: `There is no model "${id}".` });
}

import { ValidateBy, type ValidationOptions } from 'class-validator';

/** Names go into configurations and reports. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,49}$/;
const MAX_MODELS = 20;

/** An object of models by names of the caller's own. */
export const NamedModels = (options?: ValidationOptions): PropertyDecorator =>
  ValidateBy(
    {
      name: 'namedModels',
      validator: {
        validate: isNamedModels,
        defaultMessage: () =>
          `$property must name models, each as provider/model, under at most ${MAX_MODELS} names of letters, digits, _ and -`,
      },
    },
    options,
  );

function isNamedModels(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  return entries.length <= MAX_MODELS && entries.every(([name, model]) => NAME.test(name) && isModel(model));
}

function isModel(value: unknown): boolean {
  return typeof value === 'string' && value.length >= 3 && value.length <= 200;
}

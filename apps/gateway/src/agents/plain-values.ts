import { ValidateBy } from 'class-validator';

/** A list of texts, numbers, and true or false. */
export const PlainValues = () =>
  ValidateBy({
    name: 'plainValues',
    validator: {
      validate: (value: unknown) =>
        Array.isArray(value) && value.every((one) => ['string', 'number', 'boolean'].includes(typeof one)),
      defaultMessage: () => '$property must hold texts, numbers, true or false',
    },
  });

import { Transform } from 'class-transformer';

/** Makes `true` and `false` of a query booleans; anything else stays what it is, for the validator to refuse. */
export const QueryFlag = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value));

import { cleanText } from '@troupe/contracts';
import { Transform } from 'class-transformer';

/** Makes a text of a query storable; those of bodies are cleaned as JSON is parsed. */
export const CleanText = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? cleanText(value) : value));

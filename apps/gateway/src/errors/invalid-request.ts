import { TroupeError } from '@troupe/contracts';
import type { FieldError } from './field-error.js';

/** An `invalid_request` that names every field that is wrong. */
export function invalidRequest(errors: FieldError[]): TroupeError {
  return new TroupeError({
    code: 'invalid_request',
    fault: 'caller',
    message: errors.map(({ message }) => message).join(' '),
    details: { errors: errors.map((error) => ({ ...error })) },
  });
}

/** One field that is wrong; `path` names it from the outside in. */
export function fieldError(path: readonly string[], message: string): FieldError {
  const pointer = path.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  return { field: path.join('.'), pointer, message };
}

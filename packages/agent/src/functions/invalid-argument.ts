import { type JsonObject, TroupeError } from '@troupe/contracts';

export function invalidArgument(message: string, details?: JsonObject): TroupeError {
  return new TroupeError({ code: 'invalid_request', fault: 'caller', message, details });
}

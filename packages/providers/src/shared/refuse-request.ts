import { TroupeError } from '@troupe/contracts';

/** For what a model or a wire format cannot do: said before anything is sent, and never left out in silence. */
export function refuseRequest(message: string): TroupeError {
  return new TroupeError({ code: 'provider_invalid_request', fault: 'caller', message });
}

import { TroupeError } from '@troupe/contracts';

/**
 * What a failed call says about what to do next. `key`: this key is of no use for now. `limit`: the provider wants a pause.
 * `route`: the provider or its model is in trouble. `model`: this model cannot do it, another one may. `call`: nobody can.
 */
export type FailureKind = 'key' | 'limit' | 'route' | 'model' | 'call';

export function failureKindOf(error: unknown): FailureKind {
  if (!(error instanceof TroupeError)) return 'call';
  switch (error.code) {
    case 'provider_authentication_failed':
    case 'provider_quota_exceeded':
      return 'key';
    case 'provider_rate_limited':
      return 'limit';
    case 'provider_bad_response':
    case 'provider_overloaded':
    case 'provider_stream_interrupted':
    case 'provider_timeout':
    case 'provider_unavailable':
      return 'route';
    case 'limit_exceeded':
    case 'model_not_found':
    case 'provider_invalid_request':
    case 'provider_not_configured':
      return 'model';
    default:
      return 'call';
  }
}

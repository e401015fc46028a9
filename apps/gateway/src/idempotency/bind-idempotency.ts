import { RequestMethod, type Type, UseInterceptors } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';
import { KEEPS_ITS_OWN_KEYS } from './keeps-its-own-keys.js';

const MUTATING = new Set([RequestMethod.POST, RequestMethod.PUT, RequestMethod.PATCH, RequestMethod.DELETE]);

const bound = new WeakSet<object>();

/**
 * Has every route that changes something mind the Idempotency-Key, so that a new one does without being told to. Bound to
 * those routes only: an interceptor of all routes would cost each request, those that start runs above all.
 */
export function bindIdempotency(controllers: readonly Type[]): void {
  for (const { prototype } of controllers) {
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      const handler: unknown = descriptor.value;
      if (typeof handler !== 'function' || bound.has(handler)) continue;
      if (!MUTATING.has(Reflect.getMetadata(METHOD_METADATA, handler))) continue;
      if (Reflect.hasMetadata(KEEPS_ITS_OWN_KEYS, handler)) continue;
      UseInterceptors(IdempotencyInterceptor)(prototype, name, descriptor);
      bound.add(handler);
    }
  }
}

import type { FastifyInstance } from 'fastify';

/** Which methods each address has: what a 405 lists. Fastify's router tells only whether one method matches. */
export class AllowedMethods {
  readonly #routes: { pattern: RegExp; methods: Set<string> }[] = [];

  /** Learns every route that is registered from here on. */
  watch(server: FastifyInstance): void {
    server.addHook('onRoute', ({ url, method }) => {
      const source = url
        .replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
        .replaceAll(/:\w+/g, '[^/]+')
        .replaceAll('\\*', '.*');
      this.#routes.push({ pattern: new RegExp(`^${source}/?$`), methods: new Set([method].flat()) });
    });
  }

  /** Empty when there is nothing at that path. */
  of(path: string): string[] {
    const methods = new Set<string>();
    for (const route of this.#routes) {
      if (route.pattern.test(path)) for (const method of route.methods) methods.add(method);
    }
    return [...methods].sort();
  }
}

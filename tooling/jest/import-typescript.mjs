import { registerHooks } from 'node:module';

/**
 * Imports a TypeScript source of this repository without a build: Node strips the types itself, and only has to be told that
 * the `.js` of a relative import is a `.ts` here. For sources without decorators, enums and parameter properties.
 */
export async function importTypeScript(url) {
  const hooks = registerHooks({
    resolve(specifier, context, nextResolve) {
      const isSource = specifier.startsWith('.') && specifier.endsWith('.js') && context.parentURL?.endsWith('.ts');
      return nextResolve(isSource ? specifier.replace(/\.js$/, '.ts') : specifier, context);
    },
  });
  try {
    return await import(url);
  } finally {
    hooks.deregister();
  }
}

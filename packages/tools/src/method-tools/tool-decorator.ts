import { TroupeError } from '@troupe/contracts';
import type { RunContext, Tool as ToolShape } from '@troupe/spec';
import type { z } from 'zod';
import { defineTool, type ToolDescription } from '../define-tool.js';
import { type BuildTool, keepMethod } from './decorated-methods.js';

/** The name is that of the method in snake_case unless told. */
export type MethodToolOptions<Parameters extends z.ZodObject> = Omit<ToolDescription<Parameters>, 'name'> & {
  name?: string;
};

/** What may be decorated: a method that takes the parsed arguments and, if it likes, the context of its run. */
export type ToolMethod<Parameters extends z.ZodObject> = (
  args: z.output<Parameters>,
  context: RunContext<never>,
) => unknown;

/** Fits both kinds of decorators: the standard ones, and those of TypeScript's `experimentalDecorators`. */
export interface ToolDecorator<Parameters extends z.ZodObject> {
  <Method extends ToolMethod<Parameters>>(method: Method, context: ClassMethodDecoratorContext): void;
  <Method extends ToolMethod<Parameters>>(
    target: object,
    name: string | symbol,
    descriptor: TypedPropertyDescriptor<Method>,
  ): void;
}

/** A tool as agents take it. */
export type Tool = ToolShape;

/**
 * Makes a method a tool; `toolsOf` gives the tools of an object.
 * @throws TroupeError `invalid_request` where the class is defined: when the schema cannot become JSON Schema, or when the
 * method is private or has no name that a tool may have.
 */
export function Tool<Parameters extends z.ZodObject>(
  options: MethodToolOptions<Parameters>,
): ToolDecorator<Parameters> {
  return (target: object, place: string | symbol | ClassMethodDecoratorContext) => {
    const method = typeof place === 'object' ? place.name : place;
    if (typeof place === 'object' && place.private) throw refused(method, 'is private, so that nobody could call it');
    const name = options.name ?? snakeCase(method);
    const build: BuildTool = (execute) => defineTool({ ...options, name, execute });
    // Refuses now what could be no tool later.
    build(() => null);
    if (typeof place !== 'object') return keepMethod(target, method, build);
    place.addInitializer(function keep(this: unknown) {
      keepMethod(this as object, method, build);
    });
  };
}

/** `getWeatherOf` as `get_weather_of`. */
function snakeCase(method: string | symbol): string {
  if (typeof method === 'symbol') throw refused(method, 'has a symbol for a name: pass name');
  return method.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toLowerCase();
}

function refused(method: string | symbol, why: string): TroupeError {
  const name = String(method);
  return new TroupeError({
    code: 'invalid_request',
    fault: 'caller',
    message: `The method ${name} cannot be a tool: it ${why}.`,
    details: { method: name },
  });
}

import type { OpenAPIObject } from '@nestjs/swagger';

/** A JSON Schema of the document. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  enum?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  additionalProperties?: boolean | Schema;
  allOf?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  example?: unknown;
}

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required: boolean;
  schema: Schema;
}

export interface Operation {
  /** `post /api/threads` */
  name: string;
  method: string;
  path: string;
  parameters: Parameter[];
  /** Null where no body is read. */
  body: Schema | null;
}

const METHODS = ['get', 'put', 'post', 'patch', 'delete'] as const;

/** Every operation that the API document describes. */
export function operationsOf(document: OpenAPIObject): Operation[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      if (!operation) return [];
      const parameters = (operation.parameters ?? []) as Parameter[];
      const content = (operation.requestBody as { content?: Record<string, { schema: Schema }> } | undefined)?.content;
      const body = content?.['application/json']?.schema ?? null;
      return [{ name: `${method} ${path}`, method: method.toUpperCase(), path, parameters, body }];
    }),
  );
}

/** What a reference names, through any number of them. */
export function resolved(document: OpenAPIObject, schema: Schema): Schema {
  let found = schema;
  while (found.$ref !== undefined) {
    const name = found.$ref.replace('#/components/schemas/', '');
    const next = document.components?.schemas?.[name] as Schema | undefined;
    if (!next) throw new Error(`There is no schema ${found.$ref}.`);
    found = next;
  }
  return found;
}

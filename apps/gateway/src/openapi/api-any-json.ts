import { ApiProperty } from '@nestjs/swagger';

/** Describes a field that holds any JSON value. */
export function ApiAnyJson(options: { description: string; required?: boolean; example?: unknown }): PropertyDecorator {
  return ApiProperty({
    ...options,
    anyOf: [
      { type: 'object', additionalProperties: true },
      { type: 'array', items: {} },
      { type: 'string' },
      { type: 'number' },
      { type: 'boolean' },
      { type: 'null' },
    ],
  });
}

import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, getSchemaPath } from '@nestjs/swagger';

/** Describes an answer as one page of a list. */
export function ApiPage(entry: Type): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(entry),
    ApiOkResponse({
      description: 'One page of the list.',
      schema: {
        type: 'object',
        required: ['data', 'next_cursor'],
        properties: {
          data: { type: 'array', items: { $ref: getSchemaPath(entry) }, description: 'The entries of this page.' },
          next_cursor: {
            type: ['string', 'null'],
            description: '`cursor` of the next page; null on the last.',
          },
        },
      },
    }),
  );
}

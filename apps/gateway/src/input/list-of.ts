import { applyDecorators, type Type } from '@nestjs/common';
import { Type as Entry } from 'class-transformer';
import { IsArray, IsObject, ValidateNested } from 'class-validator';

/**
 * A list of objects of a class. `ValidateNested` alone lets lists in the list pass, and looks at nothing in an empty one.
 */
export const ListOf = (entry: () => Type): PropertyDecorator =>
  applyDecorators(IsArray(), IsObject({ each: true }), ValidateNested({ each: true }), Entry(entry));

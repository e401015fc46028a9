import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { FieldError } from '../errors/field-error.js';

class FieldErrorDto implements FieldError {
  @ApiProperty({ description: 'Path of the field, with dots.', example: 'definition.role' })
  field: string;

  @ApiProperty({ description: 'The same as a JSON Pointer (RFC 6901).', example: '/definition/role' })
  pointer: string;

  @ApiProperty({ description: 'What is wrong with it.' })
  message: string;
}

/** An error answer (RFC 9457) as the document describes it. */
export class ProblemDto {
  @ApiProperty({ format: 'uri', description: 'The code as a URI.', example: 'urn:troupe:error:run_not_found' })
  type: string;

  @ApiProperty({ description: 'The same for every occurrence of the code.', example: 'Unknown run' })
  title: string;

  @ApiProperty({ type: 'integer', description: 'The HTTP status.', example: 404 })
  status: number;

  @ApiProperty({ description: 'What happened this time, and what to do about it.' })
  detail: string;

  @ApiProperty({ description: 'Stable; what programs should look at.', example: 'run_not_found' })
  code: string;

  @ApiProperty({ description: 'The `x-request-id` of the answer; the log names it too.' })
  request_id: string;

  @ApiPropertyOptional({ type: [FieldErrorDto], description: 'The fields that are wrong.' })
  errors?: FieldErrorDto[];
}

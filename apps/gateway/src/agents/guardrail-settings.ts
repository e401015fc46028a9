import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsObject, IsOptional, ValidateNested } from 'class-validator';
import { ListOf } from '../input/list-of.js';
import { GuardrailDto } from './guardrail.dto.js';
import { UntrustedContentDto } from './untrusted-content.dto.js';

const MAX_GUARDRAILS = 50;

/** The `guardrails` of an agent. */
export const GuardrailsField = () =>
  applyDecorators(
    IsOptional(),
    ListOf(() => GuardrailDto),
    ArrayMaxSize(MAX_GUARDRAILS),
    ApiPropertyOptional({
      type: [GuardrailDto],
      maxItems: MAX_GUARDRAILS,
      nullable: true,
      description: 'What watches over what it reads, says and does, in this order. Default: none.',
    }),
  );

/** The `untrusted` of an agent. */
export const UntrustedField = () =>
  applyDecorators(
    IsOptional(),
    IsObject(),
    ValidateNested(),
    Type(() => UntrustedContentDto),
    ApiPropertyOptional({
      type: UntrustedContentDto,
      nullable: true,
      description: 'What its tools may do once text of strangers is in the conversation. Default: the same as before.',
    }),
  );

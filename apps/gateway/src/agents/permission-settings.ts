import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { PERMISSION_MODES } from '@troupe/contracts';
import { ArrayMaxSize, ArrayUnique, IsArray, IsIn, IsOptional, IsString } from 'class-validator';
import { ListOf } from '../input/list-of.js';
import { ApprovalRuleDto } from './approval-rule.dto.js';
import { PERMISSION_MODE_DESCRIPTION } from './permission-mode-description.js';

const MAX_RULES = 50;
const MAX_DENIED = 130;

/** The `approvals` of an agent. */
export const ApprovalRules = () =>
  applyDecorators(
    IsOptional(),
    ListOf(() => ApprovalRuleDto),
    ArrayMaxSize(MAX_RULES),
    ApiPropertyOptional({
      type: [ApprovalRuleDto],
      maxItems: MAX_RULES,
      nullable: true,
      description: 'Which calls wait for a person; the first rule that speaks of a call holds. Default: none.',
    }),
  );

/** The `denied_tools` of an agent. */
export const DeniedTools = () =>
  applyDecorators(
    IsOptional(),
    IsArray(),
    ArrayMaxSize(MAX_DENIED),
    ArrayUnique(),
    IsString({ each: true }),
    ApiPropertyOptional({
      type: [String],
      nullable: true,
      description: 'Tools that are never run, whatever else is set; `*`: all, `effect`: those of that class.',
    }),
  );

/** A `permission_mode`, of an agent or a request. */
export const PermissionModeField = () =>
  applyDecorators(
    IsOptional(),
    IsIn(PERMISSION_MODES),
    ApiPropertyOptional({
      enum: PERMISSION_MODES,
      nullable: true,
      default: 'default',
      description: PERMISSION_MODE_DESCRIPTION,
    }),
  );

import { AgentEntity } from './agent.entity.js';
import { AgentVersionEntity } from './agent-version.entity.js';
import { ApiKeyEntity } from './api-key.entity.js';
import { ApprovalEntity } from './approval.entity.js';
import { BatchEntity } from './batch.entity.js';
import { BatchItemEntity } from './batch-item.entity.js';
import { BudgetEntity } from './budget.entity.js';
import { BudgetReservationEntity } from './budget-reservation.entity.js';
import { CallLimitEntity } from './call-limit.entity.js';
import { FactEntity } from './fact.entity.js';
import { FollowUpTaskEntity } from './follow-up-task.entity.js';
import { IdempotencyKeyEntity } from './idempotency-key.entity.js';
import { IdempotentAnswerEntity } from './idempotent-answer.entity.js';
import { LedgerEntryEntity } from './ledger-entry.entity.js';
import { MessageEntity } from './message.entity.js';
import { ResponseEntity } from './response.entity.js';
import { RunEntity } from './run.entity.js';
import { RunEventBatchEntity } from './run-event-batch.entity.js';
import { RunStepEntity } from './run-step.entity.js';
import { TenantEntity } from './tenant.entity.js';
import { ThreadEntity } from './thread.entity.js';
import { TodoTaskEntity } from './todo-task.entity.js';
import { ToolCallEntity } from './tool-call.entity.js';
import { UserEntity } from './user.entity.js';

export const entities = [
  AgentVersionEntity,
  AgentEntity,
  ApiKeyEntity,
  ApprovalEntity,
  BatchEntity,
  BatchItemEntity,
  BudgetEntity,
  BudgetReservationEntity,
  CallLimitEntity,
  FactEntity,
  FollowUpTaskEntity,
  IdempotencyKeyEntity,
  IdempotentAnswerEntity,
  LedgerEntryEntity,
  MessageEntity,
  ResponseEntity,
  RunEventBatchEntity,
  RunStepEntity,
  RunEntity,
  TenantEntity,
  ThreadEntity,
  TodoTaskEntity,
  ToolCallEntity,
  UserEntity,
];

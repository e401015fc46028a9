import { ApiProperty } from '@nestjs/swagger';
import {
  BATCH_ITEM_STATUSES,
  BATCH_STATUSES,
  type Batch,
  type BatchCounts,
  type BatchItemResult,
  type BatchItemStatus,
  type BatchStatus,
  type ErrorBody,
  type JsonValue,
  type StopReason,
} from '@troupe/contracts';
import { ApiAnyJson } from '../openapi/api-any-json.js';
import { UsageDto } from '../runs/usage.dto.js';

const ERROR = { type: 'object', additionalProperties: true, nullable: true } as const;

export class BatchCountsDto implements BatchCounts {
  @ApiProperty({ type: 'integer', description: 'All items; the others add up to it.' })
  total: number;

  @ApiProperty({ type: 'integer', description: 'Items that nothing is known of yet.' })
  pending: number;

  @ApiProperty({ type: 'integer', description: 'Items with an answer.' })
  completed: number;

  @ApiProperty({ type: 'integer', description: 'Items that the provider refused, or has no result for.' })
  failed: number;

  @ApiProperty({ type: 'integer', description: 'Items that were not worked on because the batch was cancelled.' })
  cancelled: number;

  @ApiProperty({ type: 'integer', description: "Items that were not worked on within the provider's time." })
  expired: number;
}

/** A batch and how far it is. */
export class BatchDto implements Batch {
  @ApiProperty({ format: 'uuid', description: 'The batch.' })
  id: string;

  @ApiProperty({ description: '`provider/model`', example: 'openai/gpt-4.1-mini' })
  model: string;

  @ApiProperty({
    enum: BATCH_STATUSES,
    description:
      '`queued`: not yet known to be with the provider. `submitted`: it has it. `completed`, `failed`, `cancelled` and ' +
      '`expired` are for good; items that were answered before keep their answers in all of them.',
  })
  status: BatchStatus;

  @ApiProperty({
    type: BatchCountsDto,
    description: 'Before the end as the provider tells it; some tell nothing.',
  })
  counts: BatchCountsDto;

  @ApiProperty({ description: 'A cancel was asked for; the provider may take minutes.' })
  cancel_requested: boolean;

  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' }, description: 'Your own names and values.' })
  metadata: Record<string, string>;

  @ApiProperty({ type: UsageDto, description: 'Of the answers that are stored, at the price of batches.' })
  usage: UsageDto;

  @ApiProperty({ ...ERROR, description: 'Why the whole batch failed; null otherwise.' })
  error: ErrorBody | null;

  @ApiProperty({ format: 'date-time', description: 'When it was made.' })
  created_at: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Since when the provider has it.' })
  submitted_at: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When its status became final.' })
  ended_at: string | null;
}

class BatchAnswerMessageDto {
  @ApiProperty({ enum: ['assistant'], description: 'Who speaks.' })
  role: 'assistant';

  @ApiProperty({ description: 'What is said.' })
  content: string;
}

/** An item and what became of it. */
export class BatchItemResultDto implements BatchItemResult {
  @ApiProperty({ description: 'Your own name of the item.' })
  custom_id: string;

  @ApiProperty({ enum: BATCH_ITEM_STATUSES, description: '`pending` until its result is stored.' })
  status: BatchItemStatus;

  @ApiProperty({ type: BatchAnswerMessageDto, nullable: true, description: 'The answer.' })
  message: BatchAnswerMessageDto | null;

  @ApiAnyJson({
    description: 'The answer as a JSON value, where the item has a schema; null when it is no JSON. Not checked.',
  })
  output: JsonValue | null;

  @ApiProperty({ type: String, nullable: true, description: 'Why the model stopped.', example: 'end_turn' })
  stop_reason: StopReason | null;

  @ApiProperty({ type: UsageDto, nullable: true, description: 'What the answer used, at the price of batches.' })
  usage: UsageDto | null;

  @ApiProperty({ ...ERROR, description: 'Of an item that failed.' })
  error: ErrorBody | null;
}

import { ApiExtraModels, ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import type { ContentPart, Message, MessageRole, Withheld } from '@troupe/contracts';
import { CONTENT_PARTS } from './content-part.dto.js';

class WithheldDto implements Withheld {
  @ApiProperty({ description: 'Its name.' })
  guardrail: string;

  @ApiProperty({ description: 'What it found; never the text itself.' })
  reason: string;
}

@ApiExtraModels(...CONTENT_PARTS)
export class MessageDto implements Message {
  @ApiProperty({ format: 'uuid', description: 'The message.' })
  id: string;

  @ApiProperty({ format: 'uuid', description: 'Its thread.' })
  thread_id: string;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The message before it; messages with the same one are alternatives.',
  })
  parent_id: string | null;

  @ApiProperty({ enum: ['system', 'user', 'assistant', 'tool'], description: 'Who speaks.' })
  role: MessageRole;

  @ApiProperty({
    type: 'array',
    items: { oneOf: CONTENT_PARTS.map((part) => ({ $ref: getSchemaPath(part) })) },
    description: 'What is said, in parts.',
  })
  content: ContentPart[];

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The run that it belongs to.' })
  run_id: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Slug of the agent that wrote it; null for people.' })
  agent: string | null;

  @ApiProperty({ type: String, nullable: true, description: '`provider/model` that wrote it.' })
  model: string | null;

  @ApiPropertyOptional({
    type: WithheldDto,
    description: 'The guardrail that changed it or put a marker in its place; absent: it is as it was written.',
  })
  withheld?: Withheld;

  @ApiProperty({ format: 'date-time', description: 'When it was stored.' })
  created_at: string;
}

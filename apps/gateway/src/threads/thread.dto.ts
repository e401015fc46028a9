import { ApiProperty } from '@nestjs/swagger';
import type { JsonObject, Thread } from '@troupe/contracts';

export class ThreadDto implements Thread {
  @ApiProperty({ format: 'uuid', description: 'The thread.' })
  id: string;

  @ApiProperty({ type: String, nullable: true, description: "The end user, by the application's own id." })
  user_id: string | null;

  @ApiProperty({ type: String, nullable: true, description: "The application's own name for it." })
  external_id: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'As given, else made from the first exchange.' })
  title: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'What happened before the messages a model is shown.' })
  summary: string | null;

  @ApiProperty({ type: 'integer', description: 'Messages, those of tools included.' })
  message_count: number;

  @ApiProperty({ type: 'object', additionalProperties: true, description: 'Whatever the application keeps.' })
  metadata: JsonObject;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When it was archived.' })
  archived_at: string | null;

  @ApiProperty({ format: 'date-time', description: 'When it was made.' })
  created_at: string;

  @ApiProperty({ format: 'date-time', description: 'When it last changed.' })
  updated_at: string;
}

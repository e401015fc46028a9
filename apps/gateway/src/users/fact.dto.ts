import { ApiProperty } from '@nestjs/swagger';
import type { Fact } from '@troupe/contracts';

export class FactDto implements Fact {
  @ApiProperty({ format: 'uuid', description: 'The fact.' })
  id: string;

  @ApiProperty({ description: "The user, by the application's own id." })
  user_id: string;

  @ApiProperty({ description: 'What it is about.', example: 'diet' })
  key: string;

  @ApiProperty({ description: 'What is remembered.', example: 'vegetarian' })
  value: string;

  @ApiProperty({ type: String, nullable: true, description: 'What kind of fact it is.' })
  category: string | null;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The message it was learned from; null when it was set by hand.',
  })
  source_message_id: string | null;

  @ApiProperty({ format: 'date-time', description: 'When the key was first set.' })
  created_at: string;

  @ApiProperty({ format: 'date-time', description: 'When the value was set.' })
  updated_at: string;
}

import { ApiProperty } from '@nestjs/swagger';
import type { DirectResponse, StopReason } from '@troupe/contracts';
import { UsageDto } from '../runs/usage.dto.js';

class DirectAnswerMessageDto {
  @ApiProperty({ enum: ['assistant'], description: 'Who speaks.' })
  role: 'assistant';

  @ApiProperty({ description: 'What is said.' })
  content: string;
}

export class DirectAnswerDto implements DirectResponse {
  @ApiProperty({ type: DirectAnswerMessageDto, description: 'The answer.' })
  message: DirectAnswerMessageDto;

  @ApiProperty({ description: '`provider/model`', example: 'openai/gpt-4o' })
  model: string;

  @ApiProperty({ type: String, description: 'Why the model stopped.', example: 'end_turn' })
  stop_reason: StopReason;

  @ApiProperty({ type: UsageDto, description: 'What the call used.' })
  usage: UsageDto;
}

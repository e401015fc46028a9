import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { ImagePart, JsonObject, ReasoningPart, TextPart, ToolCallPart, ToolResultPart } from '@troupe/contracts';

class TextPartDto implements TextPart {
  @ApiProperty({ enum: ['text'], description: 'Text.' })
  type: 'text';

  @ApiProperty({ description: 'What is said.' })
  text: string;
}

class ImagePartDto implements ImagePart {
  @ApiProperty({ enum: ['image'], description: 'A picture.' })
  type: 'image';

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: '`{type: base64, media_type, data}` or `{type: url, url}`.',
  })
  source: ImagePart['source'];
}

class ReasoningPartDto implements ReasoningPart {
  @ApiProperty({ enum: ['reasoning'], description: 'What a model thought.' })
  type: 'reasoning';

  @ApiProperty({ description: 'The thought, or what the provider tells of it.' })
  text: string;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: 'What the provider wants back unchanged.',
  })
  opaque?: NonNullable<ReasoningPart['opaque']>;
}

class ToolCallPartDto implements ToolCallPart {
  @ApiProperty({ enum: ['tool_call'], description: 'A call that a model asks for.' })
  type: 'tool_call';

  @ApiProperty({ description: 'Pairs it with its result.' })
  id: string;

  @ApiProperty({ description: 'The tool.', example: 'calculate' })
  name: string;

  @ApiProperty({ type: 'object', additionalProperties: true, description: 'What the model gives it.' })
  arguments: JsonObject;

  @ApiPropertyOptional({ description: "The model's text where it is no JSON object." })
  invalid_arguments?: string;
}

class ToolResultPartDto implements ToolResultPart {
  @ApiProperty({ enum: ['tool_result'], description: 'The answer to a call.' })
  type: 'tool_result';

  @ApiProperty({ description: 'The call.' })
  tool_call_id: string;

  @ApiProperty({ description: 'The tool.', example: 'calculate' })
  name: string;

  @ApiProperty({ enum: ['pending', 'completed', 'failed'], description: 'How the call ended.' })
  status: ToolResultPart['status'];

  @ApiProperty({ description: 'What the model reads.' })
  content: string;

  @ApiPropertyOptional({
    description: 'Whether it may hold words of strangers, where that is known; absent: as its tool says.',
  })
  untrusted?: boolean;
}

/** Every kind of part that a message may have. */
export const CONTENT_PARTS = [TextPartDto, ImagePartDto, ReasoningPartDto, ToolCallPartDto, ToolResultPartDto] as const;

import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsNotEmpty, IsOptional, IsString, Length, MaxLength } from 'class-validator';

export class SetFactDto {
  @IsString()
  @IsNotEmpty()
  @MaxLength(2_000)
  @ApiProperty({ description: 'What is to be remembered.', example: 'vegetarian' })
  value: string;

  @IsOptional()
  @IsString()
  @Length(1, 100)
  @ApiPropertyOptional({ type: String, nullable: true, description: 'What kind of fact it is.', example: 'preference' })
  category?: string | null;
}

import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, Length } from 'class-validator';

export class ReplayRunDto {
  @IsOptional()
  @IsString()
  @Length(1, 300)
  @ApiPropertyOptional({ type: String, nullable: true, description: '`provider/model`; default: that of the old run.' })
  model?: string | null;
}

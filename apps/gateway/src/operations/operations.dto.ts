import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { ReadinessCheck, ReadinessReport } from './readiness.js';

export class LivenessDto {
  @ApiProperty({ enum: ['ok'], description: 'Always `ok`: a process that hangs does not answer.' })
  status: 'ok';

  @ApiProperty({ description: "Troupe's version.", example: '0.1.0' })
  version: string;
}

class ReadinessCheckDto implements ReadinessCheck {
  @ApiProperty({ description: 'Whether it is as it should be.' })
  ok: boolean;

  @ApiProperty({ description: 'Whether requests must go elsewhere while it is not.' })
  required: boolean;

  @ApiProperty({ description: 'For people: how it is, and what to do about it.' })
  detail: string;
}

class ReadinessChecksDto {
  @ApiProperty({ type: ReadinessCheckDto, description: 'The database that holds everything.' })
  postgres: ReadinessCheckDto;

  @ApiProperty({ type: ReadinessCheckDto, description: 'Queues and live events.' })
  redis: ReadinessCheckDto;

  @ApiProperty({ type: ReadinessCheckDto, description: 'Whether the process takes requests or is stopping.' })
  accepting: ReadinessCheckDto;

  @ApiProperty({ type: ReadinessCheckDto, description: 'Whether new runs are taken or there is too much to do.' })
  load: ReadinessCheckDto;
}

export class ReadinessDto {
  @ApiProperty({ enum: ['ok', 'unavailable'], description: 'Whether requests may be sent here.' })
  status: 'ok' | 'unavailable';

  @ApiPropertyOptional({ description: "Troupe's version; with `verbose`." })
  version?: string;

  @ApiPropertyOptional({ type: ReadinessChecksDto, description: 'Each check; with `verbose`.' })
  checks?: ReadinessReport['checks'];
}

import { ApiProperty } from '@nestjs/swagger';
import { LARGEST_TENANT_WEIGHT, LEAST_TENANT_WEIGHT, type Tenant, type TenantChanges } from '@troupe/contracts';
import { IsNumber, Max, Min } from 'class-validator';

const WEIGHT = 'Share of the limits and of the workers, compared with other tenants: 2 gets twice what 1 gets.';

/** An owner of data. */
export class TenantDto implements Tenant {
  @ApiProperty({ format: 'uuid', description: 'The tenant.' })
  id: string;

  @ApiProperty({ description: 'Its name in settings.', example: 'default' })
  slug: string;

  @ApiProperty({ description: 'Its name for people.', example: 'default' })
  name: string;

  @ApiProperty({ type: Number, description: WEIGHT, example: 1 })
  weight: number;

  @ApiProperty({ type: String, format: 'date-time', description: 'When it was made.' })
  created_at: string;
}

export class ChangeTenantDto implements TenantChanges {
  @IsNumber({ allowInfinity: false, allowNaN: false })
  @Min(LEAST_TENANT_WEIGHT)
  @Max(LARGEST_TENANT_WEIGHT)
  @ApiProperty({ type: Number, minimum: LEAST_TENANT_WEIGHT, maximum: LARGEST_TENANT_WEIGHT, description: WEIGHT })
  weight: number;
}

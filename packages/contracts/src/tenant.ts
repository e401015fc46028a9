/** An owner of data, and its share of what all tenants share. */
export interface Tenant {
  id: string;
  slug: string;
  name: string;
  /** Its share of the limits and of the workers, compared with other tenants: one of 2 gets twice what one of 1 gets. */
  weight: number;
  created_at: string;
}

export type TenantChanges = Pick<Tenant, 'weight'>;

/** Bounds of a weight: beyond them the lighter tenant would hardly ever have its turn. */
export const LEAST_TENANT_WEIGHT = 0.01;
export const LARGEST_TENANT_WEIGHT = 100;

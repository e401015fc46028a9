/** Of one tenant and, unless it is null, of one user. */
export interface ThreadScope {
  tenantId: string;
  userId: string | null;
}

/** Predicate for parameters $1 tenant and $2 user. */
export const IN_SCOPE = 'threads.tenant_id = $1 AND ($2::text IS NULL OR threads.user_id = $2)';

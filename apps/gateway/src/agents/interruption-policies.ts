export const INTERRUPTION_POLICIES = ['restart', 'fail'] as const;

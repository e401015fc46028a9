/** How long a key is remembered, in hours from the first request with it. */
export const KEPT_HOURS = 24;

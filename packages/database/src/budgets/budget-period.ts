/**
 * SQL for the periods of `budgets`, which are those of the calendar in UTC, whatever the session's time zone is. All of it
 * goes by the moment at which the statement's transaction began.
 */
const BEGUN = `(date_trunc(budgets.period, now() AT TIME ZONE 'UTC'))`;

/** When the present period began. What has none begins with the budget. */
export const PRESENT_START = `CASE budgets.period WHEN 'total' THEN budgets.period_start
  ELSE greatest(budgets.period_start, ${BEGUN} AT TIME ZONE 'UTC') END`;

/** What was spent in the present period: nothing, when the row was last written to in an earlier one. */
export const PRESENT_SPENT = `CASE WHEN budgets.period_start < ${PRESENT_START} THEN 0 ELSE budgets.spent END`;

/** When the present period ends; null for what never does. */
export const RESETS_AT = `CASE budgets.period WHEN 'total' THEN NULL
  ELSE (${BEGUN} + ('1 ' || budgets.period)::interval) AT TIME ZONE 'UTC' END`;

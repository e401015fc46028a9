/** What the set-up of a test run started and its tear-down has to stop. */
export const heldServices = [];

/** For the API document. */
export const PERMISSION_MODE_DESCRIPTION =
  "`default`: calls wait as the agent's `approvals` say. `accept_reads`: calls that only read never wait. `bypass`: no call " +
  'waits. `plan`: only calls that read are made. What is denied stays denied.';

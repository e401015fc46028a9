/** What every provider accepts as the name of a tool. */
export const TOOL_NAME = /^[a-zA-Z][a-zA-Z0-9_-]{0,63}$/;

export const TOOL_NAME_RULE = 'must begin with a letter and hold only letters, digits, _ and -, up to 64';

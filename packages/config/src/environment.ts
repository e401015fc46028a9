import type { Environment } from './read-variable.js';

/** The environment of this process. No other file of the product reads it. */
export const environment: Environment = process.env;

/** Names under which the module provides what is no class: interfaces, settings, shared connections. */
export const MODELS = Symbol('ModelCatalog');
export const TOOLS = Symbol('tools by name');
export const PERSONAS = Symbol('personas by slug');
export const LOGGER = Symbol('Logger');
export const OPTIONS = Symbol('GatewayOptions');
export const COMMANDS = Symbol('Redis for commands');
export const DEFAULT_AGENT = Symbol('slug of the default agent');
export const METRICS = Symbol('Metrics');
export const LIMITER = Symbol('CallLimiter');

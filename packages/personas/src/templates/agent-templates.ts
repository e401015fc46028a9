import { assistantTemplate } from './assistant.template.js';
import { customerSupportTemplate } from './customer-support.template.js';
import { propertyManagerTemplate } from './property-manager.template.js';
import { ragAssistantTemplate } from './rag-assistant.template.js';
import { tutorTemplate } from './tutor.template.js';

/** Definitions to start from: each a function of what differs, and of what takes the place of its own parts. */
export const AgentTemplates = {
  assistant: assistantTemplate,
  customerSupport: customerSupportTemplate,
  propertyManager: propertyManagerTemplate,
  ragAssistant: ragAssistantTemplate,
  tutor: tutorTemplate,
} as const;

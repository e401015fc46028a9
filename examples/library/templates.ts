import { Agent, AgentTemplates, loadDefinition } from 'troupe';

const helper = new Agent({ definition: AgentTemplates.assistant('Helper'), provider: 'demo' });
const manager = new Agent({
  definition: AgentTemplates.propertyManager({ goal: 'Help the hosts of Cove Cottage.' }),
  provider: 'demo',
});
const documents = AgentTemplates.ragAssistant('DocBot', { domain: 'handbook', searchTool: 'search_handbook' });
const concierge = await loadDefinition(new URL('./concierge.yaml', import.meta.url));

for (const prompt of [helper.systemPrompt, manager.systemPrompt, documents.role, concierge.role]) {
  console.log(prompt.split('\n', 1)[0]);
}

import { describe, expect, test } from '@jest/globals';
import { newId } from '@troupe/contracts';
import { createModelCatalog } from '@troupe/providers';
import type { AgentStore } from '@troupe/spec';
import { ToolRegistry } from '@troupe/tools';
import { z } from 'zod';
import type { AgentNames } from './check-names.js';

/** What every AgentStore does. */
export function describeAgentStore(
  name: string,
  connect: (names?: AgentNames) => AgentStore | Promise<AgentStore>,
): void {
  describe(`${name} is an AgentStore`, () => {
    test('takes the defaults for what is absent, and a change makes a new version', async () => {
      const agents = await connect();
      const slug = `cook-${newId().slice(-12)}`;
      const made = await agents.create(slug, { name: 'Cook', definition: { role: 'You cook.' }, tools: ['calculate'] });
      expect(made).toMatchObject({ slug, version: 1, memory: { type: 'last_n' }, max_turns: 10 });
      const changed = await agents.change(slug, { description: 'Cooks', tools: undefined, max_turns: 3 });
      expect(changed).toMatchObject({ id: made.id, version: 2, name: 'Cook', tools: ['calculate'], max_turns: 3 });
      expect(await agents.get(slug)).toEqual(changed);
      expect((await agents.versions(slug)).map(({ version, max_turns }) => [version, max_turns])).toEqual([
        [2, 3],
        [1, 10],
      ]);
    });

    test('knows each slug once, lists by it, and names near ones', async () => {
      const agents = await connect();
      const stem = `list-${newId().slice(-12)}`;
      const configuration = { name: 'One', definition: { role: 'You are one.' } };
      for (const slug of [`${stem}-b`, `${stem}-a`]) await agents.create(slug, configuration);
      await expect(agents.create(`${stem}-a`, configuration)).rejects.toMatchObject({ code: 'agent_exists' });
      expect((await agents.list({ after: stem, limit: 2 })).map(({ slug }) => slug)).toEqual([
        `${stem}-a`,
        `${stem}-b`,
      ]);
      await expect(agents.get(`${stem}-c`)).rejects.toMatchObject({
        code: 'agent_not_found',
        message: expect.stringContaining(`${stem}-a`),
      });
      await agents.delete(`${stem}-a`);
      await expect(agents.get(`${stem}-a`)).rejects.toMatchObject({ code: 'agent_not_found' });
      await expect(agents.delete(`${stem}-a`)).rejects.toMatchObject({ code: 'agent_not_found' });
    });

    test('refuses an agent that names an unknown one, and leaves one that was deleted since', async () => {
      const agents = await connect();
      const stem = `team-${newId().slice(-12)}`;
      const configuration = { name: 'One', definition: { role: 'You are one.' } };
      await agents.create(`${stem}-cook`, configuration);
      const unknown = { code: 'agent_not_found', details: { near_matches: expect.arrayContaining([`${stem}-cook`]) } };
      const misspelled = { ...configuration, handoffs: [{ agent: `${stem}-cok` }] };
      await expect(agents.create(`${stem}-lost`, misspelled)).rejects.toMatchObject(unknown);
      await expect(agents.get(`${stem}-lost`)).rejects.toMatchObject({ code: 'agent_not_found' });
      await agents.create(`${stem}-waiter`, {
        ...configuration,
        handoffs: [{ agent: `${stem}-cook` }],
        agents: [{ agent: `${stem}-waiter` }],
      });
      const change = { agents: [{ agent: `${stem}-cok` }] };
      await expect(agents.change(`${stem}-waiter`, change)).rejects.toMatchObject(unknown);
      await agents.delete(`${stem}-cook`);
      expect(await agents.change(`${stem}-waiter`, { max_turns: 2 })).toMatchObject({ version: 2, max_turns: 2 });
    });

    test('refuses unknown tools and models where it knows some', async () => {
      const registry = new ToolRegistry();
      registry.register({
        name: 'roll_dice',
        description: 'Rolls dice.',
        parameters: z.object({}),
        effect: 'read',
        execute: () => 4,
      });
      const models = createModelCatalog({});
      const [checked, unchecked] = [await connect({ registry, models }), await connect()];
      const slug = `dice-${newId().slice(-12)}`;
      const configuration = { name: 'Dice', definition: { role: 'You roll.' }, tools: ['roll_dice', 'calculate'] };
      await checked.create(slug, configuration);
      for (const change of [
        { tools: ['rol_dice'] },
        { approvals: [{ tools: ['rol_dice'] }] },
        { denied_tools: ['rol_dice'] },
      ]) {
        const named = `${slug}-${Object.keys(change)[0]?.replace('_', '-')}`;
        const unknown = { code: 'tool_not_found', details: { near_matches: ['roll_dice'] } };
        await expect(checked.create(named, { ...configuration, ...change })).rejects.toMatchObject(unknown);
        await expect(checked.change(slug, change)).rejects.toMatchObject(unknown);
        expect(await unchecked.create(named, { ...configuration, ...change })).toMatchObject(change);
      }
      const change = { fallback_models: ['dmo/model'] };
      await expect(checked.change(slug, change)).rejects.toMatchObject({ code: 'model_not_found' });
      expect(await unchecked.create(`${slug}-models`, { ...configuration, ...change })).toMatchObject(change);
    });
  });
}

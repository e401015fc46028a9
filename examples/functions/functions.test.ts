import { describe, expect, jest, test } from '@jest/globals';
import { answer, callTools, ScriptedModel } from '@troupe/testing';
import { readInvoice } from './extract-with-retry.ts';
import { planTrip } from './stream-object.ts';
import { workOn } from './support-desk.ts';

const json = (value: unknown) => answer(JSON.stringify(value));

describe('the examples of functions', () => {
  test('a support desk', async () => {
    const order = { number: 'A-17', product: 'lamp', daysLate: 7 };
    const evidence = [
      { field: 'number', quote: 'order A-17' },
      { field: 'product', quote: 'The lamp' },
      { field: 'daysLate', quote: 'a week ago' },
    ];
    const model = new ScriptedModel([
      json({ value: 'shipping' }),
      json({ value: ['in a hurry', 'angry'] }),
      json({ value: order, evidence }),
      json({ hours: 16 }),
      json({ value: ['Your lamp', 'Order A-17', 'your  LAMP'] }),
      json({ value: ['On its way'] }),
      json({ subject: 'Your lamp', body: 'It left today.' }),
    ]);
    const mail = 'Where is order A-17? The lamp should have come a week ago! Please hurry.';
    expect(await workOn(mail, model)).toMatchObject({
      team: 'shipping',
      moods: ['angry', 'in a hurry'],
      order,
      evidence: [{ start: 9, end: 19 }, { quote: 'The lamp' }, { quote: 'a week ago' }],
      replyBefore: { hours: 16 },
      subjects: ['Your lamp', 'Order A-17', 'On its way'],
      subject: 'Your lamp',
      body: 'It left today.',
    });
    model.assertDone();
  });

  test('an extraction that is corrected', async () => {
    const items = [
      { name: 'lamp', price: 20.25 },
      { name: 'lamp', price: 20.25 },
    ];
    const model = new ScriptedModel([json({ items, total: 20.25 }), json({ items, total: 40.5 })]);
    expect(await readInvoice('Two lamps at 20.25 each. Please pay 40.50.', model)).toEqual({ items, total: 40.5 });
    expect(JSON.stringify(model.requests[1]?.messages.at(-1))).toContain('must be the sum of the prices');
  });

  test('an extraction that fails tells why', async () => {
    const told = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    const model = new ScriptedModel([answer('No idea.'), answer('Really not.')]);
    expect(await readInvoice('Two lamps.', model)).toBeUndefined();
    expect(told.mock.calls[0]?.[1]).toMatchObject({ last_answer: 'Really not.', answers: 2 });
    told.mockRestore();
  });

  test('an object that is shown while it is written', async () => {
    const trip = {
      title: 'Bern in the sun',
      stops: [
        { place: 'Rosengarten', why: 'The view' },
        { place: 'Marzili', why: 'The river' },
      ],
    };
    const model = new ScriptedModel([callTools([{ name: 'get_weather', arguments: { city: 'Bern' } }]), json(trip)]);
    const shown: number[] = [];
    expect(await planTrip(model, (stops) => shown.push(stops))).toEqual(trip);
    expect(shown.at(-1)).toBe(2);
  });
});

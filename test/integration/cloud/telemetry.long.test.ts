import { readFile } from 'node:fs/promises';
import { afterAll, expect, test } from '@jest/globals';
import { eventually, useLocalCloud } from '../support/local-cloud.ts';
import { is } from '../support/partner.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';

const cloud = useLocalCloud();
const acme = cloud.partner('acme-telemetry');

let receiver: Receiver | undefined;
afterAll(() => receiver?.stop());

type Line = Record<string, unknown>;

/** What the functions logged so far, line by line: the name of the function, and what it said. */
async function logged(): Promise<{ by: string; line: Line }[]> {
  const text = await readFile(cloud.cloud().functionsLog, 'utf8');
  return text.split('\n').flatMap((each) => {
    const start = each.indexOf(' {');
    return start === -1 ? [] : [{ by: each.slice(0, start), line: parsed(each.slice(start + 1)) }];
  });
}

/** An error that Node prints has a brace somewhere, too. */
function parsed(text: string): Line {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

test('an order is followed through the logs by its id, and measured on its way', async () => {
  receiver = await startReceiver();
  is(201, await acme.api.post('/v1/webhooks', { url: receiver.url, events: ['order.fulfilled'] }));
  await cloud.operator('a1').behaves({ failureRate: 1 });
  const { id } = await acme.orders({ operatorId: 'a1', quantity: 20, plan: await acme.aPlan() });
  await eventually(async () => {
    const errors = (await logged()).flatMap(({ line }) => (line.operator === 'a1' ? line.OperatorErrors : []));
    expect(errors).toContain(1);
  });
  await cloud.operator('a1').behavesWell();
  await acme.orderIn(id, 'fulfilled');

  await eventually(async () => {
    const lines = await logged();
    const ofOrder = lines.filter(({ line }) => line.correlation_id === id);
    for (const part of [/ApiOrders/, /Submit/, /Receive/, /NextStage/, /Migrate/, /Activate/]) {
      expect(ofOrder.map(({ by }) => by)).toContainEqual(expect.stringMatching(part));
    }
    const measured = (dimensions: Line) => lines.map(({ line }) => line).filter((line) => matches(line, dimensions));
    for (const state of ['submitted', 'accepted', 'dispatched', 'delivered', 'fulfilled']) {
      expect(measured({ operator: 'a1', state, Orders: 1 })).not.toEqual([]);
    }
    const numbers: [string, Line][] = [
      ['HoursToActive', { operator: 'a1' }],
      ['OperatorLatency', { operator: 'a1' }],
      ['PollLag', { kind: 'orders' }],
      ['PollLag', { kind: 'webhooks' }],
      ['WebhookLag', {}],
    ];
    for (const [name, dimensions] of numbers) {
      const values = measured(dimensions).flatMap((line) => line[name] ?? []);
      expect({ name, values }).toEqual({ name, values: expect.arrayContaining([expect.any(Number)]) });
      expect(values.every((value) => Number(value) >= 0)).toBe(true);
    }
  });
});

function matches(line: Line, wanted: Line): boolean {
  return Object.entries(wanted).every(([name, value]) => line[name] === value);
}

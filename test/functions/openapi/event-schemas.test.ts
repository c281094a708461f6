import { describe, expect, test } from '@jest/globals';
import * as z from 'zod/mini';
import type { TableChange } from '../../../adapters/dynamodb/changes.ts';
import { describedEvents } from '../../../contract/event.ts';
import { asId } from '../../../domain/ids.ts';
import { eventTypes } from '../../../domain/webhook.ts';
import { examples } from '../../../functions/openapi/examples.ts';
import { eventOf } from '../../../use-cases/webhooks/events.ts';
import { aSim } from '../../domain/builders.ts';

const at = '2026-11-05T14:12:07.512Z';
const owner = { partnerId: asId('partner', 'acme'), place: '000001' };

/** A change of the table from which each event is made. */
function changeFor(type: string): TableChange {
  if (type === 'sim.differs') {
    const difference = { field: 'state', ours: 'active', theirs: 'barred' } as const;
    const step = { version: 2, at, type, actor: 'system', difference };
    return { ...owner, kind: 'sim', sim: aSim().in('active'), step };
  }
  if (type.startsWith('sim.')) {
    return { ...owner, kind: 'sim', sim: aSim().in('active'), step: { version: 2, at, type, operationId: 'op_1' } };
  }
  if (type === 'alarm.fired') {
    // Safe: a firing as the API shows it, which a test holds to its schema.
    const firing = { ...Object(examples.Firing), type };
    return { ...owner, kind: 'alarm', firing };
  }
  if (type === 'customer.deleted') {
    return { ...owner, kind: 'customer', event: { type, at, customerId: asId('customer', 'cus_1'), name: 'Acme' } };
  }
  if (type === 'operation.finished') {
    const operation = { ...Object(examples.Operation), target: {}, selection: { kind: 'order', orderId: 'ord_1' } };
    return { ...owner, kind: 'operation', operation };
  }
  return {
    ...owner,
    kind: 'order',
    orderId: 'ord_1',
    event: { at, type, from: 'dispatched', to: 'delivered', actor: '3uk', detail: 'Late.' },
  };
}

describe('an event', () => {
  test.each(eventTypes)('%s has only the documented data', (type) => {
    const event = eventOf(changeFor(type));
    const described = describedEvents.find((one) => one.type === type);
    expect(event?.type).toBe(type);
    // As it is sent: what is undefined is absent.
    const sent: unknown = JSON.parse(JSON.stringify(event?.data));
    expect(described && z.parse(described.data, sent)).toEqual(sent);
  });
});

import { describe, expect, test } from '@jest/globals';
import { asId } from '../../domain/ids.ts';
import type { Operation } from '../../domain/operation.ts';
import type { SimEvent } from '../../domain/sim.ts';
import { timelineForCustomer, timelineOf } from '../../domain/timeline.ts';

const sim = { operatorId: asId('operator', 'a1'), createdAt: '2026-01-05T09:00:00.000Z' } as const;

type Asked = Pick<Operation, 'target' | 'requestedBy' | 'requestedByEmail'>;

const operations: Readonly<Record<string, Asked>> = {
  op_migrate: { target: { partnerServiceId: 'psv_meters' }, requestedBy: 'mia' },
  op_meadow: {
    target: { customerId: 'cus_meadow', customerServiceId: 'csv_meadow' },
    requestedBy: 'ann',
    requestedByEmail: 'ann@acme.example',
  },
  op_cameras: { target: { customerId: 'cus_meadow', customerServiceId: 'csv_cameras' }, requestedBy: 'ann' },
  op_suspend: { target: { reason: 'stolen' }, requestedBy: 'sue' },
  op_unassign: { target: {}, requestedBy: 'una' },
  op_harbour: { target: { customerId: 'cus_harbour', customerServiceId: 'csv_harbour' }, requestedBy: 'ann' },
};

function lifeOf(...steps: readonly Partial<SimEvent>[]) {
  const life = [{ type: 'sim.received' }, ...steps].map((step, place) => ({
    ...{ version: place + 1, at: sim.createdAt, type: '' },
    ...step,
  }));
  return timelineOf(sim, life, (id) => operations[id]);
}

const life = lifeOf(
  { type: 'sim.migrated', operationId: 'op_migrate' },
  { type: 'sim.assigned', operationId: 'op_meadow' },
  { type: 'sim.assigned', operationId: 'op_cameras' },
  { type: 'sim.labelled', actor: 'lea' },
  { type: 'sim.suspended', operationId: 'op_suspend' },
  { type: 'sim.unassigned', operationId: 'op_unassign' },
  { type: 'sim.assigned', operationId: 'op_harbour', cleared: { label: 'Mrs Meadow' } },
  { type: 'sim.activated' },
);

describe('the timeline of a SIM', () => {
  test('names the services, customers, reasons and actors of its steps', () => {
    expect(life.map(({ version: _version, at: _at, operationId: _operation, ...line }) => line)).toEqual([
      { type: 'sim.received', actor: 'system' },
      { type: 'sim.migrated', actor: 'mia', partnerServiceId: 'psv_meters' },
      {
        type: 'sim.assigned',
        actor: 'ann',
        actorEmail: 'ann@acme.example',
        customerId: 'cus_meadow',
        customerServiceId: 'csv_meadow',
      },
      { type: 'sim.assigned', actor: 'ann', customerId: 'cus_meadow', customerServiceId: 'csv_cameras' },
      { type: 'sim.labelled', actor: 'lea' },
      { type: 'sim.suspended', actor: 'sue', reason: 'stolen' },
      { type: 'sim.unassigned', actor: 'una', customerId: 'cus_meadow', customerServiceId: 'csv_cameras' },
      {
        type: 'sim.assigned',
        actor: 'ann',
        customerId: 'cus_harbour',
        customerServiceId: 'csv_harbour',
        cleared: { label: 'Mrs Meadow' },
      },
      { type: 'sim.activated', actor: 'system' },
    ]);
  });

  test('begins for a customer’s user when the SIM came to the customer, and has no ids of others', () => {
    const seen = timelineForCustomer(life, 'cus_harbour');
    expect(seen.map(({ type, actor }) => [type, actor])).toEqual([
      ['sim.assigned', 'partner'],
      ['sim.activated', 'system'],
    ]);
    expect(JSON.stringify(seen)).not.toMatch(/meadow|ann|op_|psv_/i);
  });

  test('continues for the customer when the SIM changes between its services', () => {
    const seen = timelineForCustomer(life.slice(0, 6), 'cus_meadow');
    expect(seen.map(({ version }) => version)).toEqual([3, 4, 5, 6]);
    expect(seen.at(-1)).toMatchObject({ type: 'sim.suspended', reason: 'stolen', actor: 'partner' });
  });

  test('begins again when the SIM returns to a customer', () => {
    const back = lifeOf(
      { type: 'sim.assigned', operationId: 'op_harbour' },
      { type: 'sim.unassigned', operationId: 'op_unassign' },
      { type: 'sim.assigned', operationId: 'op_harbour' },
    );
    expect(timelineForCustomer(back, 'cus_harbour').map(({ version }) => version)).toEqual([4]);
  });

  test('is empty for a customer to which the SIM never came', () => {
    expect(timelineForCustomer(life, 'cus_other')).toEqual([]);
  });
});

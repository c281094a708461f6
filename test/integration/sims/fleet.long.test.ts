import { describe, expect, test } from '@jest/globals';
import { executionsOf, patience, useLocalCloud } from '../support/local-cloud.ts';
import type { Order } from '../support/partner.ts';

const cloud = useLocalCloud({ dayMs: 2000 });
const acme = cloud.partner('acme-fleet');

/** Another partner's SIMs, moved by hand while the fleet is at work. */
async function fewSims(): Promise<{ finishedAt: string }> {
  const small = cloud.partner('acme-few');
  const { id: partnerServiceId } = await small.aPartnerService();
  const sims = await small.simsInHolding({ operatorId: 'a1', quantity: 20 });
  const select = { iccids: sims.map(({ iccid }) => iccid) };
  const migrated = await small.bulkDone('migrate', { select, partnerServiceId }, { within: 480_000 });
  expect(migrated).toMatchObject({ state: 'succeeded', succeeded: 20 });
  return { finishedAt: migrated.finishedAt ?? '' };
}

describe('five thousand SIMs', () => {
  const quantity = 5000;

  test(
    'become active by the plan of their order, and the progress counts them',
    async () => {
      const plan = await acme.aPlan();
      const { id } = await acme.orders({ operatorId: '3uk', quantity, plan });
      const other = fewSims();
      const seen: Order['progress'][] = [];
      const order = await acme.orderIn(id, 'fulfilled', {
        within: 480_000,
        onLook: ({ progress }) => seen.push(progress),
      });

      // Another partner's few do not wait for the fleet.
      const { finishedAt } = await other;
      expect(Date.parse(finishedAt)).toBeLessThan(Date.parse(order.updatedAt));

      expect(order.progress).toEqual({
        received: quantity,
        migrated: quantity,
        assigned: quantity,
        activated: quantity,
        failed: 0,
      });
      // Live: each count is seen on its way, and none goes back.
      for (const stage of ['received', 'migrated', 'assigned', 'activated'] as const) {
        const counts = seen.map((progress) => progress[stage]);
        expect(counts).toEqual([...counts].sort((one, other) => one - other));
        expect(counts.some((count) => count > 0 && count < quantity)).toBe(true);
      }
      const sims = await acme.sims({ orderId: id });
      expect(sims).toHaveLength(quantity);
      expect(new Set(sims.map(({ iccid }) => iccid)).size).toBe(quantity);
      for (const sim of sims) {
        expect([sim.state, sim.bars.length, sim.customerServiceId, sim.version]).toEqual([
          'active',
          0,
          plan.customerServiceId,
          5,
        ]);
      }
      const executions = await executionsOf(cloud);
      expect(executions.length).toBeGreaterThan(0);
      expect(Math.max(...executions.map(({ historyEvents }) => historyEvents))).toBeLessThan(12_500);
      expect(Math.max(...executions.map(({ largestPayload }) => largestPayload))).toBeLessThan(32 * 1024);

      const operationIds = order.operations.map(({ operationId }) => operationId);
      for (const operationId of operationIds) {
        const results = await acme.resultsOf(operationId);
        expect(results.filter(({ outcome }) => outcome === 'succeeded')).toHaveLength(quantity);
      }
    },
    600_000 * patience,
  );
});

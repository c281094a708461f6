import pMap from 'p-map';
import { getSims } from '../../adapters/dynamodb/sims.ts';
import { askToActivate, settle } from './activation.ts';
import { IN_FLIGHT } from './in-flight.ts';
import { move } from './move.ts';
import { type PageWork, shardTask } from './shard.ts';

/**
 * Marks the SIMs that may be activated as `activating`, then asks their operators, a page at a time. What an operator
 * says at once is a result; the rest is confirmed later (confirm-activation), and so is what it could not be asked.
 */
export const handler = shardTask(async (work) => {
  const moved = await pMap(work.open, (iccid) => move(work, iccid), { concurrency: IN_FLIGHT });
  const isActivating = await activatingOf(work);
  const settled = moved.filter(({ result }) => !isActivating.has(result.iccid));
  if (work.operation.dryRun) {
    return settled;
  }
  const activating = [...isActivating.values()];
  const { answers } = await askToActivate(activating, `${work.operation.id}:${work.page}`);
  return [...settled, ...(await settle(work, activating, answers))];
});

/** The SIMs of a page that this operation has set to be activated, as they are now. */
async function activatingOf({ partnerId, operation, open }: PageWork) {
  const sims = operation.dryRun ? new Map() : await getSims(partnerId, open);
  return new Map([...sims].filter(([, sim]) => sim.state === 'activating' && sim.movedBy === operation.id));
}

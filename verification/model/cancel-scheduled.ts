import type { ActionRequest, Model } from './model.ts';
import { ensure, expectStatus, type SeenOperation, type World } from './world.ts';

const DAY_MS = 86_400_000;
/** More days than a single step takes, even on a busy machine. */
const SOON_DAYS = 90;

/** Cancels a scheduled operation, which ends immediately and affects no SIM. */
export async function cancelScheduled(model: Model, world: World, id: string): Promise<void> {
  world.log(`cancel ${world.nameOf(id)}, which is scheduled`);
  const { state } = expectStatus(200, await world.post<SeenOperation>(`/v1/operations/${id}/cancel`, undefined));
  ensure(state === 'cancelled', () => `A cancelled scheduled operation is ${state}`);
  const { total = 0, succeeded, failed } = await world.read<SeenOperation>(`/v1/operations/${id}`);
  ensure(total + succeeded + failed === 0, () => `${world.nameOf(id)} was cancelled in time but has results`);
  model.scheduled.delete(id);
  const request: ActionRequest = { action: 'resume' };
  model.operations.set(id, { id, request, state: 'cancelled', succeeded: 0, failed: [], isFinal: true });
}

/** Cancels scheduled operations that are due soon, so that a long history does not reach their time. */
export async function cancelDueSoon(model: Model, world: World): Promise<void> {
  if (model.scheduled.size === 0) {
    return;
  }
  const soon = new Date((await world.now()).getTime() + SOON_DAYS * DAY_MS).toISOString();
  for (const [id, effectiveAt] of [...model.scheduled]) {
    if (effectiveAt < soon) {
      await cancelScheduled(model, world, id);
    }
  }
}

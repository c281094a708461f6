import type { Ask, Model } from './model.ts';
import { agree, is, type SeenOperation, type World } from './world.ts';

const DAY_MS = 86_400_000;
/** More days than a single step takes, also on a busy machine. */
const SOON_DAYS = 90;

/** Cancels a scheduled operation: it ends at once and touches no SIM. */
export async function callOff(model: Model, world: World, id: string): Promise<void> {
  world.says(`cancel ${world.nameOf(id)}, which is scheduled`);
  const { state } = is(200, await world.post<SeenOperation>(`/v1/operations/${id}/cancel`, undefined));
  agree(state === 'cancelled', () => `A scheduled operation that is called off is ${state}`);
  const { total = 0, succeeded, failed } = await world.read<SeenOperation>(`/v1/operations/${id}`);
  agree(total + succeeded + failed === 0, () => `${world.nameOf(id)} was called off in time and has results`);
  model.scheduled.delete(id);
  const ask: Ask = { action: 'resume' };
  model.operations.set(id, { id, ask, state: 'cancelled', succeeded: 0, failed: [], unconfirmed: true });
}

/** Cancels scheduled operations whose time comes soon: a history that takes long must not reach it. */
export async function callOffInTime(model: Model, world: World): Promise<void> {
  if (model.scheduled.size === 0) {
    return;
  }
  const soon = new Date((await world.now()).getTime() + SOON_DAYS * DAY_MS).toISOString();
  for (const [id, effectiveAt] of [...model.scheduled]) {
    if (effectiveAt < soon) {
      await callOff(model, world, id);
    }
  }
}

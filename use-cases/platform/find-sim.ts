import { getSim, ownersOf } from '../../adapters/dynamodb/sims.ts';
import { notFound } from '../refusal.ts';

/**
 * Finds a SIM of any partner.
 *
 * @throws Refusal `not_found`
 */
export async function findSim(iccid: string) {
  const partnerId = (await ownersOf([iccid])).get(iccid);
  const sim = partnerId === undefined ? undefined : await getSim(partnerId, iccid);
  if (partnerId === undefined || !sim) {
    throw notFound('SIM', iccid);
  }
  return { partnerId, sim };
}

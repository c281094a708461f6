import { getOperator } from '../../adapters/dynamodb/operators.ts';
import type { PartnerCaller } from '../../domain/access.ts';
import { connectivityOf, type SimConnectivity } from '../../domain/connectivity.ts';
import { capabilitiesOf } from '../../domain/operator-capabilities.ts';
import { type DataSession, OperatorUnavailable } from '../../domain/operator-port.ts';
import type { Sim } from '../../domain/sim.ts';
import { operatorOf } from '../operator-gateway.ts';
import { Refusal } from '../refusal.ts';
import { readSim } from './read-sims.ts';

/**
 * Asks the operator of a SIM whether the SIM has a data session now.
 *
 * @throws Refusal `not_found`, `not_supported` when the operator cannot tell, `operator_unavailable`
 */
export async function readConnectivity(caller: PartnerCaller, iccid: string, now: Date): Promise<SimConnectivity> {
  const sim = await readSim(caller, iccid);
  const { platform } = (await getOperator(sim.operatorId)) ?? {};
  if (platform === undefined || !capabilitiesOf(platform.kind).sessions) {
    throw new Refusal('not_supported', `The system of ${sim.operatorId} does not tell whether a SIM is connected.`);
  }
  return connectivityOf(sim, await sessionOf(sim), now.toISOString());
}

async function sessionOf({ operatorId, iccid }: Pick<Sim, 'operatorId' | 'iccid'>): Promise<DataSession> {
  try {
    return (await operatorOf(operatorId).dataSession(iccid)) ?? { status: 'unknown' };
  } catch (error) {
    if (error instanceof OperatorUnavailable) {
      const detail = 'The operator did not respond, so it is not known whether the SIM is connected. Try again later.';
      throw new Refusal('operator_unavailable', detail, { retryAfterSeconds: 10 });
    }
    throw error;
  }
}

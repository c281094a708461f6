import { withCheckDigit } from '../../domain/iccid.ts';
import type { PartnerId } from '../../domain/ids.ts';
import type { LocalCloud } from '../../local/cloud.ts';
import { operatorByHand, operatorOverApi } from '../../local/operator-settings.ts';
import type { Targets } from './account.ts';
import { type SteadyClient, steadyClient } from './steady-client.ts';

// The operators of the lives besides A1, and their SIMs.

/** Confirms changes at once. */
export const PROMPT = 'chaos-prompt';
/** Confirms changes later. */
export const SLOW = 'chaos-slow';
/** Has no API: the staff complete manual tasks. */
export const BY_HAND = 'chaos-by-hand';
/** Takes orders and confirms them and changes as requests, on IoT Accelerator. */
export const ACCELERATOR = 'chaos-accelerator';
/** Takes one SIM a call and few calls a second, and reports usage as totals, on Control Center. */
export const CONTROL_CENTER = 'chaos-control-center';
/** Changes SIMs without a request; the policy `enforce` restores their bars. */
export const UNRULY = 'chaos-unruly';
/** Changes SIMs without a request; the staff settle the differences. */
export const REPORTED = 'chaos-reported';

export const chaosTariffs = { partner: 'trf_chaos_partner', customer: 'trf_chaos_customer' };

/** A second of real time. */
const CHANGE_DELAY_DAYS = 0.05;
/** Of a function and of the stand-in: a call too many is refused. */
const REQUESTS_PER_SECOND = 40;
const CONCURRENCY = 2;

const settings = {
  [PROMPT]: { ...operatorOverApi, name: 'Prompt Mobile' },
  [SLOW]: { ...operatorOverApi, name: 'Slow Mobile' },
  [BY_HAND]: operatorByHand,
  [ACCELERATOR]: { ...operatorOverApi, platform: { kind: 'iot-accelerator' } },
  [CONTROL_CENTER]: {
    ...operatorByHand,
    connectivity: 'api',
    usage: 'api',
    platform: { kind: 'control-center', requestsPerSecond: REQUESTS_PER_SECOND, concurrency: CONCURRENCY },
  },
  [UNRULY]: { ...operatorOverApi, usage: 'file', onDifference: 'enforce' },
  [REPORTED]: { ...operatorOverApi, usage: 'file' },
};

/** Creates the operators and the tariffs that cover them. */
export async function createChaosOperators(cloud: LocalCloud): Promise<void> {
  const staff = await staffOf(cloud);
  for (const [id, operator] of Object.entries(settings)) {
    await staff.put(`/v1/platform/operators/${id}`, operator);
  }
  for (const audience of ['partner', 'customer'] as const) {
    await staff.put(`/v1/platform/tariffs/${chaosTariffs[audience]}`, {
      name: 'Chaos',
      operatorIds: Object.keys(settings),
      networks: ['Chaos'],
      allowanceBytes: 1_000_000_000,
      pooling: 'per_sim',
      minimumTermMonths: 0,
      monthlyPrice: { amount: '1.00', currency: 'EUR' },
      audience,
    });
  }
  const slowly = { leadTimeDays: 0, activationDelayDays: CHANGE_DELAY_DAYS, changeDelayDays: CHANGE_DELAY_DAYS };
  cloud.sandbox?.behave('a1', { leadTimeDays: 0 });
  cloud.sandbox?.behave(PROMPT, { leadTimeDays: 0 });
  cloud.sandbox?.behave(SLOW, { leadTimeDays: 0, changeDelayDays: CHANGE_DELAY_DAYS });
  cloud.sandbox?.behave(ACCELERATOR, slowly);
  cloud.sandbox?.behave(CONTROL_CENTER, {
    ...slowly,
    requestsPerSecond: REQUESTS_PER_SECOND,
    concurrentCalls: CONCURRENCY,
  });
}

/** A client of the platform's staff. */
export const staffOf = async (cloud: LocalCloud): Promise<SteadyClient> =>
  steadyClient(cloud.url, await cloud.tokenFor({ roles: ['platform'] }));

/** Lets a partner use the tariffs that cover the operators. */
export async function grantChaosTariffs(
  client: SteadyClient,
  staff: SteadyClient,
  partnerId: PartnerId,
): Promise<void> {
  // The first request of a partner creates it on a local cloud.
  await client.get('/v1/partner');
  for (const id of Object.values(chaosTariffs)) {
    await staff.put(`/v1/platform/partners/${partnerId}/tariffs/${id}`);
  }
}

/** Imports SIMs, all in one state. */
export async function importSims(
  staff: SteadyClient,
  partnerId: PartnerId,
  sims: { operatorId: string; iccids: readonly string[]; state: string; targets: Partial<Targets>; msisdn?: string },
): Promise<void> {
  const { operatorId, iccids, state, targets, msisdn = '' } = sims;
  const place = [targets.partnerServiceId, targets.customerId, targets.customerServiceId];
  const rows = iccids.map((iccid) => [iccid, state, ...place, msisdn].join());
  const file = ['iccid,state,partnerService,customer,customerService,msisdn', ...rows, ''].join('\r\n');
  const path = `/v1/platform/partners/${partnerId}/imports?operatorId=${operatorId}`;
  const { loaded } = await staff.postCsv<{ loaded: number }>(path, file);
  if (loaded !== iccids.length) {
    throw new Error(`${loaded} of ${iccids.length} SIMs were imported`);
  }
}

/** Lets an operator ship SIMs that were ordered in its portal. @returns their ICCIDs */
export function shippedSims(cloud: LocalCloud, operatorId: string, quantity: number): string[] {
  const { body: list } = cloud.sandbox?.shipSims(operatorId, quantity) ?? {};
  return String(list)
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((row) => row.split(',')[0] ?? '');
}

let numbers = 0;

/** ICCIDs that no operator has shipped. */
export function newIccids(count: number): string[] {
  return Array.from({ length: count }, () => {
    numbers += 1;
    return withCheckDigit(
      `8949778${String(process.pid % 100_000).padStart(5, '0')}${String(numbers).padStart(6, '0')}`,
    );
  });
}

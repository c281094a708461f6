import { type Client, createClient } from '../../local/demo/client.ts';
import { operatorOneAtATime } from '../../local/operator-settings.ts';
import { type BenchCloud, startBenchCloud } from './bench-cloud.ts';
import { type Figure, figure } from './figure.ts';
import { bodyOf, makeTargets, operate, receive, type Targets } from './fleet.ts';
import type { BenchOptions } from './main.ts';

/** SIMs at the operator that takes one call at a time, and at another one at the same time. */
const SIMS = 300;
const OTHER_SIMS = 50;
/** What the operator takes. */
const CALLS_A_SECOND = 10;
const ANSWER_MS = 20;
const OPERATOR = 'one-at-a-time';

/**
 * Measures an operator that takes one call at a time, one SIM a call: how much longer an activation takes than the calls alone, how many
 * calls are too many, how long functions run meanwhile, and how much another operator's SIMs are delayed.
 */
export async function traffic({ engine }: BenchOptions): Promise<Figure[]> {
  const bench = await startBenchCloud({ engine, metered: false });
  try {
    const { api, cloud } = bench;
    const platform = createClient(cloud.url, await cloud.tokenFor({ roles: ['platform'] }));
    const limited = await fleetAtLimitedOperator(bench, platform);
    const targets = await makeTargets(api, 'Others');
    const alone = await timeOf(async () => activateOthers(api, await assignedOthers(api, targets)));

    const waiting = await assignedOthers(api, targets);
    const before = { tasks: taskMs(bench), calls: callsOf(bench) };
    let beside = Number.NaN;
    const own = await timeOf(() =>
      Promise.all([
        operate(api, 'activate', { select: { iccids: limited } }),
        timeOf(() => activateOthers(api, waiting)).then((ms) => {
          beside = ms;
        }),
      ]),
    );
    const calls = callsOf(bench);
    const made = calls.calls - before.calls.calls;
    const note = `${CALLS_A_SECOND} calls a second, one at a time, one SIM a call`;
    return [
      figure({
        name: `seconds from assigned to active, ${SIMS} SIMs`,
        unit: 's',
        ours: own / 1_000,
        floor: SIMS / CALLS_A_SECOND,
        goal: { atMost: 1.25 },
        runs: 1,
        note,
      }),
      figure({
        name: 'calls answered as too many',
        unit: '1',
        ours: calls.tooMany - before.calls.tooMany,
        floor: made,
        goal: { atMost: 0.01 },
        runs: 1,
        note: 'floor: all calls',
      }),
      figure({
        name: 'seconds of tasks meanwhile',
        unit: 's',
        ours: (taskMs(bench) - before.tasks) / 1_000,
        floor: 60,
        goal: { atMost: 1 },
        runs: 1,
        note: 'floor: the goal; with those of the other operator',
      }),
      figure({
        name: `seconds that ${OTHER_SIMS} SIMs of another operator take longer`,
        unit: 's',
        ours: Math.max(0, beside - alone) / 1_000,
        floor: 3,
        goal: { atMost: 1 },
        runs: 1,
        note: `floor: the goal; alone: ${(alone / 1_000).toFixed(1)} s`,
      }),
    ];
  } finally {
    await bench.stop();
  }
}

/** SIMs that are assigned, at the operator that takes one call at a time. @returns their ICCIDs */
async function fleetAtLimitedOperator({ api, cloud }: BenchCloud, platform: Client): Promise<string[]> {
  await platform.put(`/v1/platform/operators/${OPERATOR}`, operatorOneAtATime);
  for (const audience of ['partner', 'customer']) {
    const tariff = `trf_${audience}_${OPERATOR}`;
    await platform.put(`/v1/platform/tariffs/${tariff}`, {
      name: audience,
      operatorIds: [OPERATOR],
      networks: [OPERATOR],
      allowanceBytes: 1_000_000_000,
      pooling: 'per_sim',
      minimumTermMonths: 0,
      monthlyPrice: { amount: '1.00', currency: 'EUR' },
      audience,
    });
    await platform.put(`/v1/platform/partners/bench/tariffs/${tariff}`, {});
  }
  await api.post('/v1/partner-services', { name: 'Limited', tariffId: `trf_partner_${OPERATOR}` });
  const customer = await api.post<{ id: string }>('/v1/customers', { name: 'Limited' });
  await api.post('/v1/customer-services', {
    customerId: customer.id,
    name: 'Limited',
    tariffId: `trf_customer_${OPERATOR}`,
  });
  const shipped = cloud.sandbox?.shipSims(OPERATOR, SIMS);
  const iccids = String(shipped?.body)
    .trim()
    .split('\n')
    .slice(1)
    .map((row) => row.split(',')[0] ?? '');
  const rows = iccids.map((iccid) => `${iccid},assigned,Limited,Limited,Limited`);
  const file = ['iccid,state,partnerService,customer,customerService', ...rows].join('\n');
  await platform.postCsv(`/v1/platform/partners/bench/imports?operatorId=${OPERATOR}`, file);
  cloud.sandbox?.behave(OPERATOR, { requestsPerSecond: CALLS_A_SECOND, concurrentCalls: 1, latencyMs: ANSWER_MS });
  return iccids;
}

/** SIMs of another operator that are assigned. @returns their order */
async function assignedOthers(api: Client, targets: Targets): Promise<string> {
  const orderId = await receive(api, OTHER_SIMS);
  await operate(api, 'migrate', bodyOf('migrate', { orderId }, targets));
  await operate(api, 'assign', bodyOf('assign', { orderId }, targets));
  return orderId;
}

const activateOthers = (api: Client, orderId: string) => operate(api, 'activate', { select: { orderId } });

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

const callsOf = ({ cloud }: BenchCloud) => cloud.sandbox?.callsOf(OPERATOR) ?? { calls: 0, tooMany: 0 };

/** How long the tasks of the state machine have run. */
const taskMs = ({ cloud }: BenchCloud) =>
  [...cloud.load().functions].filter(([name]) => name.includes('-Workflow')).reduce((sum, [, { ms }]) => sum + ms, 0);

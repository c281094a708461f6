import { asId, type PartnerId } from '../../domain/ids.ts';
import type { LocalCloud } from '../../local/cloud.ts';
import type { OwnChange } from '../../sandbox/behaviour.ts';
import { describeSims, type Life, type List, makeTargets, named, type Targets, until, untilFound } from './account.ts';
import { chaosTariffs, grantChaosTariffs, importSims, REPORTED, shippedSims, staffOf, UNRULY } from './operators.ts';
import { type SteadyClient, steadyClient } from './steady-client.ts';

// Operators that change SIMs by themselves: the system puts the bars back at one of them, and the staff settle the differences at the other.

type Side = 'ours' | 'theirs';
type Difference = { id: string; iccid: string; field: string; ours?: string; theirs: string; settledAs?: Side };

/** A SIM, what its operator does with it, and how the staff settle that. */
type Case = {
  operatorId: string;
  state: 'active' | 'suspended';
  msisdn?: string;
  change: OwnChange;
  settledAs?: Side;
};

const cases: Readonly<Record<string, Case>> = {
  'reactivated SIM that is barred again': {
    operatorId: UNRULY,
    state: 'suspended',
    change: { status: 'active' },
  },
  'barred SIM that is unbarred again': {
    operatorId: UNRULY,
    state: 'active',
    change: { status: 'barred' },
  },
  'reactivated SIM': { operatorId: REPORTED, state: 'suspended', change: { status: 'active' }, settledAs: 'theirs' },
  'SIM reactivated by mistake': {
    operatorId: REPORTED,
    state: 'suspended',
    change: { status: 'active' },
    settledAs: 'ours',
  },
  'ended SIM': { operatorId: REPORTED, state: 'active', change: { status: 'terminated' }, settledAs: 'theirs' },
  'SIM with a new number': {
    operatorId: REPORTED,
    state: 'active',
    msisdn: '+447700900122',
    change: { msisdn: '+447700900123' },
  },
};

/** How often comparisons restart, in real milliseconds. A killed function may leave work to the next comparison. */
const COMPARE_EVERY_MS = 4_000;

/**
 * Prepares a partner's life with SIMs that are changed by their operators.
 *
 * @throws when a step does not finish
 */
export async function prepareDifferencesLife(cloud: LocalCloud, partnerId: PartnerId): Promise<Life> {
  const client = steadyClient(cloud.url, await cloud.tokenFor({ partnerId, roles: ['admin'] }));
  const staff = await staffOf(cloud);
  await grantChaosTariffs(client, staff, partnerId);
  const targets = await makeTargets(client, chaosTariffs);
  const sims = new Map<string, { name: string } & Case>();
  for (const [name, one] of Object.entries(cases)) {
    sims.set(await importedSim(cloud, { staff, partnerId, targets }, one), { name, ...one });
  }

  async function run(): Promise<void> {
    for (const [iccid, { operatorId, change }] of sims) {
      await changeAtOperator(staff, operatorId, iccid, change);
    }
    const toSettle = [...sims].filter(([, { settledAs }]) => settledAs !== undefined);
    await untilCompared('the differences to be recorded', async () => {
      const open = await differences('open');
      return toSettle.every(([sim]) => open.some(({ iccid }) => iccid === sim));
    });
    for (const [iccid, { settledAs }] of toSettle) {
      const { id } = await untilFound('the difference to settle', async () =>
        (await differences('open')).find((difference) => difference.iccid === iccid),
      );
      await staff.post(`/v1/platform/differences/${id}/settle`, { as: settledAs });
    }
    await untilCompared('all differences to be settled', async () => {
      const settled = new Set((await differences('settled')).map(({ iccid }) => iccid));
      return settled.size === sims.size && (await differences('open')).length === 0;
    });
  }

  /** Starts comparisons again and again until a condition holds. */
  async function untilCompared(what: string, holds: () => Promise<boolean>): Promise<void> {
    let startedAt = performance.now();
    await until(what, async () => {
      const [[iccid, { operatorId }] = ['', { operatorId: '' }]] = sims;
      if (performance.now() - startedAt > COMPARE_EVERY_MS) {
        startedAt = performance.now();
        await changeAtOperator(staff, operatorId, iccid, {});
      }
      return holds();
    });
  }

  async function differences(state: 'open' | 'settled'): Promise<Difference[]> {
    const path = `/v1/platform/differences?state=${state}&partnerId=${partnerId}&limit=200`;
    return (await staff.get<List<Difference>>(path)).items;
  }

  async function account(): Promise<string[]> {
    const of = { names: named(targets), serviceId: targets.customerServiceId, isSlow: true };
    const all = [...(await differences('open')), ...(await differences('settled'))];
    const lines = [
      ...(await describeSims(client, partnerId, { ...of, operatorId: asId('operator', REPORTED) })),
      ...(await describeSims(client, partnerId, { ...of, operatorId: asId('operator', UNRULY) })),
      ...all.map(({ iccid, field, ours, settledAs = 'neither' }) => {
        const { name, operatorId } = sims.get(iccid) ?? {};
        // When the answer of the operator is lost, the next comparison finds that the SIM no longer differs.
        const end = operatorId === UNRULY ? 'settled' : `settled as ${settledAs}`;
        return `${name}: ${field} was ${field === 'state' ? ours : 'another'}, ${end}`;
      }),
    ];
    // What is the same for both operators is described once.
    return [...new Set(lines)].sort();
  }

  return { partnerId, run, account };
}

/** Imports a SIM with the same status here and at its operator. */
async function importedSim(
  cloud: LocalCloud,
  { staff, partnerId, targets }: { staff: SteadyClient; partnerId: PartnerId; targets: Targets },
  { operatorId, state, msisdn = '' }: Case,
): Promise<string> {
  const [iccid = ''] = shippedSims(cloud, operatorId, 1);
  cloud.sandbox?.changeSim(operatorId, iccid, { status: state === 'active' ? 'active' : 'barred' });
  await importSims(staff, partnerId, { operatorId, iccids: [iccid], state, targets, msisdn });
  return iccid;
}

/** Changes a SIM at its operator without a request, and starts comparisons. */
async function changeAtOperator(
  staff: SteadyClient,
  operatorId: string,
  iccid: string,
  change: OwnChange,
): Promise<void> {
  await staff.post(`/_local/operators/${operatorId}/sims/${iccid}`, change);
}

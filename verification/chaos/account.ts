import { getCustomerService } from '../../adapters/dynamodb/services.ts';
import { getSims } from '../../adapters/dynamodb/sims.ts';
import { asId, type PartnerId } from '../../domain/ids.ts';
import type { LocalCloud } from '../../local/cloud.ts';
import { poll } from '../../local/poll.ts';
import { askInTurns } from '../../use-cases/ask-in-turns.ts';
import type { SteadyClient } from './steady-client.ts';

// What the lives share: how they wait, and how their results are described without ids and times.

const POLL_INTERVAL_MS = 100;
/** In real time, for machines that run many lives concurrently. */
const TIMEOUT_MS = 180_000;

export type Life = {
  partnerId: PartnerId;
  /** Runs the life, into which faults are injected. */
  run(): Promise<void>;
  /** Describes the result without ids and times: the same for every successful life. */
  account(): Promise<string[]>;
};

/** The services and the customer of a partner. */
export type Targets = { partnerServiceId: string; customerId: string; customerServiceId: string };
export type Made = { id: string };
export type List<Item> = { items: Item[] };
export type Sim = { iccid: string; operatorId: string; version: number } & Partial<Targets>;
type Result = { iccid: string; outcome: string; problem?: { code: string } };

export async function makeTargets(
  client: SteadyClient,
  tariffs: { partner: string; customer: string },
): Promise<Targets> {
  const { id: partnerServiceId } = await client.post<Made>('/v1/partner-services', {
    name: 'Chaos',
    tariffId: tariffs.partner,
  });
  const { id: customerId } = await client.post<Made>('/v1/customers', { name: 'Chaos' });
  const { id: customerServiceId } = await client.post<Made>('/v1/customer-services', {
    customerId,
    tariffId: tariffs.customer,
  });
  return { partnerServiceId, customerId, customerServiceId };
}

/** Polls until a condition holds. */
export async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  await untilFound(what, async () => ((await holds()) ? true : undefined));
}

/** Polls until there is a value. */
export function untilFound<T>(what: string, find: () => Promise<T | undefined>): Promise<T> {
  return poll(what, find, { everyMs: POLL_INTERVAL_MS, withinMs: TIMEOUT_MS });
}

/** Waits until no execution of these orders and operations runs. */
export async function untilExecutionsEnd(cloud: LocalCloud, ids: readonly string[]): Promise<void> {
  const isOf = (execution: string) => ids.some((id) => id !== '' && execution.startsWith(`${id}-`));
  await until('all executions to end', () =>
    cloud.load().executions.every(({ name, status }) => status !== 'RUNNING' || !isOf(name)),
  );
}

/**
 * Describes a partner's SIMs: as the API shows them, their steps, at an operator with an API, and as their service counts them.
 *
 * @param isSlow leaves out whether SIMs waited for their operator, and the versions, which count that as a step: when a crashed
 *   request is repeated, the operator may have made the change already.
 */
export async function describeSims(
  client: SteadyClient,
  partnerId: PartnerId,
  {
    names,
    serviceId,
    operatorId,
    isSlow = false,
  }: { names: Readonly<Record<string, string>>; serviceId: string; operatorId: string; isSlow?: boolean },
): Promise<string[]> {
  const words = wordsFor(names);
  const { items: sims } = await client.get<List<Sim>>('/v1/sims?limit=200');
  const iccids = sims.map(({ iccid }) => iccid);
  const records = [...(await getSims(partnerId, iccids)).values()];
  const service = await getCustomerService(partnerId, asId('customerService', serviceId));
  const known = sims.filter((sim) => sim.operatorId === operatorId).map(({ iccid }) => iccid);
  const id = asId('operator', operatorId);
  const answers = await askInTurns(
    id,
    `account:${partnerId}`,
    known,
    () => true,
    (operator, some) => operator.simStatus(some),
  );
  return [
    ...counted(sims.map(({ version, ...sim }) => `SIM ${words(isSlow ? sim : { ...sim, version })}`)),
    ...counted(records.map(({ history }) => `steps of a SIM ${stepsInWords(history, isSlow)}`)),
    `customer service with ${service?.sims} SIMs and ${service?.workers?.size ?? 0} workers`,
    ...counted(answers.map(({ status }) => `at the operator a SIM is ${status}`)),
  ];
}

/** Describes a partner's operations and their results. */
export async function describeOperations(client: SteadyClient, names: Readonly<Record<string, string>>) {
  const words = wordsFor(names);
  const { items: operations } = await client.get<List<Made & { action: string }>>('/v1/operations?limit=200');
  const lines: string[] = [];
  for (const operation of operations) {
    const { items } = await client.get<List<Result>>(`/v1/operations/${operation.id}/results?limit=200`);
    lines.push(
      `operation ${words(operation)}`,
      `${operation.action} has results for ${new Set(items.map(({ iccid }) => iccid)).size} SIMs`,
      ...counted(items.map(({ outcome, problem }) => `${operation.action} ${outcome} ${problem?.code ?? ''}`)),
    );
  }
  return lines;
}

/** The names of ids in descriptions. */
export function named(targets: Targets): Record<string, string> {
  return Object.fromEntries(Object.entries(targets).map(([name, id]) => [id, name]));
}

/** Formats the steps of a SIM's history without their times. */
function stepsInWords(history: readonly string[], isSlow: boolean): string {
  const steps = history.map((step) => {
    const [version = '', , type = '', state = ''] = step.split(' ');
    return { version, type, state };
  });
  return steps
    .filter(({ type }) => !isSlow || !type.endsWith('_requested'))
    .map(({ version, type, state }) => (isSlow ? `${type} ${state}` : `${version} ${type} ${state}`))
    .join(', ');
}

/** Returns each distinct line with its number of occurrences. */
export function counted(lines: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const line of lines) {
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  return [...counts].map(([line, count]) => `${count} × ${line}`).sort();
}

/** Fields that differ between lives: times, ids and numbers of operators. */
const incidental = new Set([
  ...[
    'at',
    'createdAt',
    'updatedAt',
    'startedAt',
    'finishedAt',
    'stateChangedAt',
    'since',
    'estimatedDelivery',
    'termEndsOn',
    'warnings',
  ],
  ...['iccid', 'imsi', 'msisdn', 'operatorReference', 'trackingReference', 'operationId', 'id', 'requestedBy', 'actor'],
]);

/** Formats a resource without what differs between lives; a SIM's version counts its steps and stays. */
export function wordsFor(names: Readonly<Record<string, string>>): (thing: object) => string {
  return (thing) =>
    JSON.stringify(thing, (key, value: unknown) => {
      if (incidental.has(key) || (key === 'version' && !('iccid' in thing))) {
        return undefined;
      }
      return typeof value === 'string' ? (names[value] ?? withoutIds(value)) : value;
    });
}

const withoutIds = (text: string) =>
  text
    .replace(/life-\d+-\d+/g, '…')
    .replace(/\b[a-z]{2,4}_[0-9a-z]{20,}/gi, '…')
    .replace(/\d{18,20}/g, '…');

import { getOperation } from '../../adapters/dynamodb/operations.ts';
import { getOrder } from '../../adapters/dynamodb/orders.ts';
import { getCustomerService } from '../../adapters/dynamodb/services.ts';
import { getSims } from '../../adapters/dynamodb/sims.ts';
import { asId, type OperationId, type OrderId, type PartnerId } from '../../domain/ids.ts';
import { isOperationFinished } from '../../domain/operation.ts';
import { isFinished } from '../../domain/order.ts';
import type { LocalCloud } from '../../local/cloud.ts';
import { poll } from '../../local/poll.ts';
import { operatorOf } from '../../use-cases/operator-gateway.ts';
import { type SteadyClient, steadyClient } from './steady-client.ts';

/** The smallest order of A1. */
const SIMS = 20;
const POLL_INTERVAL_MS = 100;
/** In real time, for machines that run many lives concurrently. */
const TIMEOUT_MS = 180_000;

/** The services and the customer of a partner before its order. */
type Targets = { partnerServiceId: string; customerId: string; customerServiceId: string };
type Made = { id: string };
type List<Item> = { items: Item[] };
type Sim = { iccid: string; orderId: string } & Partial<Targets>;
type Result = { iccid: string; outcome: string; problem?: { code: string } };

export type Life = {
  partnerId: PartnerId;
  /** Runs the life, into which faults are injected. */
  run(): Promise<void>;
  /** Describes the result without ids and times: the same for every successful life. */
  account(): Promise<string[]>;
};

/**
 * Prepares a partner's life: an order of SIMs with a plan that activates them, then a bulk operation that suspends them.
 *
 * @throws when a step does not finish
 */
export async function prepareLife(cloud: LocalCloud, partnerId: PartnerId): Promise<Life> {
  const token = await cloud.tokenFor({ partnerId, roles: ['admin'] });
  const client = steadyClient(cloud.url, token);
  const targets = await makeTargets(client);
  let orderId = asId('order', '');
  let operationId = asId('operation', '');

  async function run(): Promise<void> {
    const plan = { ...targets, activate: true };
    ({ id: orderId } = await client.post<{ id: OrderId }>('/v1/orders', { operatorId: 'a1', quantity: SIMS, plan }));
    await until('the order to finish', async () => {
      const order = await getOrder(partnerId, orderId);
      return order !== undefined && isFinished(order);
    });
    const suspend = { select: { orderId }, reason: 'chaos' };
    ({ id: operationId } = await client.post<{ id: OperationId }>('/v1/sims/suspend', suspend));
    await until('the operation to finish', async () => {
      const operation = await getOperation(partnerId, operationId);
      return operation !== undefined && isOperationFinished(operation);
    });
    await until('all executions to end', async () =>
      cloud.load().executions.every(({ name, status }) => status !== 'RUNNING' || !isOf(name, [orderId, operationId])),
    );
  }

  async function account(): Promise<string[]> {
    const words = wordsFor({ [orderId]: 'the order', ...named(targets) });
    const { items: orders } = await client.get<List<object>>('/v1/orders?limit=200');
    const { items: events } = await client.get<List<object>>(`/v1/orders/${orderId}/events?limit=200`);
    const { items: operations } = await client.get<List<Made & { action: string }>>('/v1/operations?limit=200');
    const { items: sims } = await client.get<List<Sim>>('/v1/sims?limit=200');
    const records = [
      ...(
        await getSims(
          partnerId,
          sims.map(({ iccid }) => iccid),
        )
      ).values(),
    ];
    const service = await getCustomerService(partnerId, asId('customerService', targets.customerServiceId));
    const lines = [
      ...orders.map((order) => `order ${words(order)}`),
      ...events.map((event, place) => `event ${place + 1} of the order ${words(event)}`),
      ...counted(sims.map((sim) => `SIM ${words(sim)}`)),
      ...counted(records.map(({ history }) => `steps of a SIM ${history.map(stepInWords).join(', ')}`)),
      `customer service with ${service?.sims} SIMs and ${service?.workers?.size ?? 0} workers`,
      ...counted((await atOperator(sims)).map((status) => `at the operator a SIM is ${status}`)),
    ];
    for (const operation of operations) {
      const { items } = await client.get<List<Result>>(`/v1/operations/${operation.id}/results?limit=200`);
      lines.push(
        `operation ${words(operation)}`,
        `${operation.action} has results for ${new Set(items.map(({ iccid }) => iccid)).size} SIMs`,
        ...counted(items.map(({ outcome, problem }) => `${operation.action} ${outcome} ${problem?.code ?? ''}`)),
      );
    }
    return lines.sort();
  }

  return { partnerId, run, account };
}

async function makeTargets(client: SteadyClient): Promise<Targets> {
  const { id: partnerServiceId } = await client.post<Made>('/v1/partner-services', {
    name: 'Chaos',
    tariffId: 'trf_partner_all',
  });
  const { id: customerId } = await client.post<Made>('/v1/customers', { name: 'Chaos' });
  const { id: customerServiceId } = await client.post<Made>('/v1/customer-services', {
    customerId,
    tariffId: 'trf_customer_all',
  });
  return { partnerServiceId, customerId, customerServiceId };
}

/** Returns the status of each SIM at the operator. */
async function atOperator(sims: readonly Sim[]): Promise<string[]> {
  const answers = await operatorOf(asId('operator', 'a1')).simStatus(sims.map(({ iccid }) => iccid));
  return answers.map(({ status }) => status);
}

async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  const find = async () => ((await holds()) ? true : undefined);
  await poll(what, find, { everyMs: POLL_INTERVAL_MS, withinMs: TIMEOUT_MS });
}

function isOf(execution: string, ids: readonly string[]): boolean {
  return ids.some((id) => id !== '' && execution.startsWith(`${id}-`));
}

/** Formats a step of a SIM's history without its time. */
function stepInWords(step: string): string {
  const [version, , type, state] = step.split(' ');
  return `${version} ${type} ${state}`;
}

/** Returns each distinct line with its number of occurrences. */
function counted(lines: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const line of lines) {
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  return [...counts].map(([line, count]) => `${count} × ${line}`).sort();
}

function named(targets: Targets): Record<string, string> {
  return Object.fromEntries(Object.entries(targets).map(([name, id]) => [id, name]));
}

/** Fields that differ between lives: times, ids and numbers of operators. */
const incidental = new Set([
  ...['at', 'createdAt', 'updatedAt', 'startedAt', 'finishedAt', 'stateChangedAt', 'since', 'estimatedDelivery'],
  ...['iccid', 'imsi', 'msisdn', 'operatorReference', 'trackingReference', 'operationId', 'id', 'requestedBy', 'actor'],
]);

/** Formats a resource without what differs between lives; a SIM's version counts its steps and stays. */
function wordsFor(names: Readonly<Record<string, string>>): (thing: object) => string {
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

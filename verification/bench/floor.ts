import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import pMap from 'p-map';
import { simItem } from '../../adapters/dynamodb/sims.ts';
import { type Iccid, withCheckDigit } from '../../domain/iccid.ts';
import { asId } from '../../domain/ids.ts';
import { newSimInHolding, type Sim, type SimState } from '../../domain/sim.ts';
import { region } from '../../local/template/identity.ts';
import type { BenchCloud } from './bench-cloud.ts';
import type { Targets } from './fleet.ts';

/** The states of a SIM from holding to active: one update each. */
const states = ['in_stock', 'assigned', 'activating', 'active'] as const satisfies readonly SimState[];

/** The tried numbers of concurrent updates; the fastest one is the floor. */
const concurrencies = [16, 32, 64] as const;
const TRIAL = 400;

/** Generates realistic SIMs in holding, of a different partner than the bench's. */
export function simsInHolding(count: number): Sim[] {
  return Array.from({ length: count }, (_, place) => {
    const serial = String(place).padStart(10, '0');
    const delivered = { iccid: iccidOf(place), imsi: `23420${serial}`, msisdn: `+447${serial}` };
    return newSimInHolding(
      delivered,
      { id: 'ord_01JG0000000000000000000000', operatorId: asId('operator', '3uk') },
      arrivedAt,
    );
  });
}

const arrivedAt = '2026-01-05T09:00:00.000Z';

export function iccidOf(place: number): Iccid {
  return withCheckDigit(`894420${String(place).padStart(12, '0')}`);
}

/** A plain client of the engine. */
export function engineClient({ cloud, tableName }: BenchCloud) {
  const client = new DynamoDBClient({
    endpoint: cloud.endpoints.dynamodb,
    region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  return {
    documents,
    async putAll(items: readonly Record<string, unknown>[]): Promise<void> {
      const batches = Array.from({ length: Math.ceil(items.length / 25) }, (_, n) => items.slice(n * 25, n * 25 + 25));
      await pMap(
        batches,
        (batch) =>
          documents.send(
            new BatchWriteCommand({ RequestItems: { [tableName]: batch.map((Item) => ({ PutRequest: { Item } })) } }),
          ),
        { concurrency: 8 },
      );
    },
  };
}

/**
 * Measures the floor of a bulk operation: the same conditional updates of the same items and indexes, by one program at its best
 * concurrency.
 *
 * @returns updates per second.
 */
export async function bareUpdatesPerSecond(bench: BenchCloud, count: number, targets: Targets): Promise<number> {
  const { documents, putAll } = engineClient(bench);
  const partner = asId('partner', `floor-${performance.now().toFixed(0)}`);
  const fleet = simsInHolding(count);
  await putAll(fleet.map((sim) => simItem(partner, { ...sim, history: [] })));
  const update = (sim: Sim, version: number, state: (typeof states)[number]) => {
    const hasCustomer = state !== 'in_stock';
    const { pk, sk, gsi1pk, gsi2pk, gsi3pk, gsi3sk } = simItem(partner, {
      ...sim,
      state,
      ...(hasCustomer ? targets : {}),
      history: [],
    });
    const set = {
      state,
      version: version + 1,
      partnerServiceId: targets.partnerServiceId,
      updatedAt: arrivedAt,
      stateChangedAt: arrivedAt,
      gsi1pk,
      ...(hasCustomer ? { customerId: targets.customerId, customerServiceId: targets.customerServiceId } : {}),
      ...(hasCustomer ? { gsi2pk, gsi3pk, gsi3sk } : {}),
    };
    return documents.send(
      new UpdateCommand({
        TableName: bench.tableName,
        Key: { pk, sk },
        UpdateExpression: `SET ${Object.keys(set)
          .map((name) => `#${name} = :${name}`)
          .join(', ')}`,
        ConditionExpression: '#version = :expected',
        ExpressionAttributeNames: Object.fromEntries(Object.keys(set).map((name) => [`#${name}`, name])),
        ExpressionAttributeValues: {
          ...Object.fromEntries(Object.entries(set).map(([name, value]) => [`:${name}`, value])),
          ':expected': version,
        },
      }),
    );
  };
  const rate = async (sims: readonly Sim[], concurrency: number) => {
    const begun = performance.now();
    for (const [place, state] of states.entries()) {
      await pMap(sims, (sim) => update(sim, place + 1, state), { concurrency });
    }
    return (sims.length * states.length * 1000) / (performance.now() - begun);
  };
  const trials: { concurrency: number; perSecond: number }[] = [];
  for (const [n, concurrency] of concurrencies.entries()) {
    const sims = fleet.slice((n * TRIAL) / 4, ((n + 1) * TRIAL) / 4);
    trials.push({ concurrency, perSecond: await rate(sims, concurrency) });
  }
  const best = trials.sort((one, other) => other.perSecond - one.perSecond)[0];
  const rest = fleet.slice((concurrencies.length * TRIAL) / 4);
  return rate(rest, best?.concurrency ?? 32);
}

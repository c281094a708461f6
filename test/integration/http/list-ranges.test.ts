import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { documentClient, tableName } from '../../../adapters/dynamodb/client.ts';
import { itemKinds } from '../../../adapters/dynamodb/item-kinds.ts';
import { shardOf } from '../../../adapters/dynamodb/keys.ts';
import { query, type Range } from '../../../adapters/dynamodb/queries.ts';
import { scanSims } from '../../../adapters/dynamodb/sim-lists.ts';
import { simItem } from '../../../adapters/dynamodb/sims.ts';
import { put } from '../../../adapters/dynamodb/write-requests.ts';
import { write } from '../../../adapters/dynamodb/writes.ts';
import type { Iccid } from '../../../domain/iccid.ts';
import { asId } from '../../../domain/ids.ts';
import type { SimFilter } from '../../../domain/operation.ts';
import type { Sim } from '../../../domain/sim.ts';
import { useTableOf } from '../../../local/table-of-cloud.ts';
import { aCustomerService, anIccid, aSim } from '../../domain/builders.ts';
import { useLocalCloud } from '../support/local-cloud.ts';

const cloud = useLocalCloud();
const partition = `list-ranges-${process.pid}`;
const names = ['a', 'b', 'c', 'd', 'e', 'f'];

beforeAll(async () => {
  useTableOf(cloud.cloud());
  for (const name of names) {
    await documentClient().send(new PutCommand({ TableName: tableName(), Item: { pk: partition, sk: name, name } }));
  }
});

/** What is read of a range, page by page; at most one page more than there are names. */
async function readBy(limit: number, range: Omit<Range, 'partition'>): Promise<string[]> {
  const read: string[] = [];
  let after: string | undefined;
  for (let page = 0; page <= names.length; page += 1) {
    const { items, last } = await query<{ name: string }>({ partition, ...range, after }, limit);
    read.push(...items.map(({ name }) => name));
    if (last === undefined) {
      return read;
    }
    after = last;
  }
  throw new Error('The range does not end.');
}

// A page that is full with the last item of its range has a next one as far as DynamoDB knows, and that range holds nothing.
test.each<[string, Omit<Range, 'partition'>, string[]]>([
  ['between its ends', { from: 'b', upTo: 'e' }, ['b', 'c', 'd', 'e']],
  ['up to its end', { upTo: 'c' }, ['a', 'b', 'c']],
  ['from its start', { from: 'd' }, ['d', 'e', 'f']],
  ['of one', { from: 'c', upTo: 'c' }, ['c']],
  ['of all', {}, names],
  ['between its ends, backwards', { from: 'b', upTo: 'e', descending: true }, ['e', 'd', 'c', 'b']],
  ['of one, backwards', { from: 'c', upTo: 'c', descending: true }, ['c']],
])('a range %s is read in pages of any size', async (_, range, expected) => {
  for (const limit of [1, 2, 3, 4, 6, 7]) {
    expect({ limit, read: await readBy(limit, range) }).toEqual({ limit, read: expected });
  }
});

describe('a selection of SIMs that change while it reads them', () => {
  // All in one partition, so that pages end within it.
  const iccids = Array.from({ length: 400 }, (_, number) => anIccid(number))
    .filter((iccid) => shardOf(iccid) === 0)
    .sort();
  type Turn = (iccid: Iccid, isOdd: boolean) => Sim;
  const suspendedOrResumed: Turn = (iccid, isOdd) => (isOdd ? aSim({ iccid }).suspended() : aSim({ iccid }).active());
  const onEitherService: Turn = (iccid, isOdd) =>
    aSim({ iccid, customerServiceId: isOdd ? 'csv_cameras' : 'csv_trackers' }).active();

  test.each<[string, SimFilter, Turn]>([
    ['of a customer service that are suspended and resumed', { customerServiceId: 'csv_trackers' }, suspendedOrResumed],
    ['of a customer that are suspended and resumed', { customerId: 'cus_meadow' }, suspendedOrResumed],
    ['active ones that move between services', { customerId: 'cus_meadow', state: 'active' }, onEitherService],
    ['of a fleet that do both', {}, (iccid, isOdd) => (isOdd ? suspendedOrResumed : onEitherService)(iccid, isOdd)],
  ])('has each exactly once: %s', async (title, filter, turn) => {
    const partnerId = asId('partner', `${partition}-${title}`);
    await write(put({ ...itemKinds.customerService.key({ partnerId, id: 'csv_trackers' }), ...aCustomerService() }));
    const found: string[] = [];
    let after: string | undefined;
    let pages = 0;
    do {
      await Promise.all(
        iccids.map((iccid, place) =>
          write(put(simItem(partnerId, { ...turn(iccid, (place + pages) % 2 === 1), history: [] }))),
        ),
      );
      const { items, next } = await scanSims(partnerId, filter, 2, after);
      found.push(...items);
      after = next;
      pages += 1;
    } while (after !== undefined);
    expect(found.sort()).toEqual(iccids);
    expect(pages).toBeGreaterThan(iccids.length / 2 - 1);
  });
});

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pMap from 'p-map';
import { insertCustomer } from '../../../adapters/dynamodb/customers.ts';
import { newCustomer } from '../../../domain/customer.ts';
import { newId } from '../../../domain/ids.ts';
import { useTableOf } from '../../../local/table-of-cloud.ts';
import { listCustomers } from '../../../use-cases/customers/read-customers.ts';
import { type Meter, startMeter } from '../../../verification/bench/meter.ts';
import { useLocalCloud } from '../support/local-cloud.ts';
import { type Customer, is, type Page } from '../support/partner.ts';

const cloud = useLocalCloud();
const acme = cloud.partner(`acme-many-customers-${process.pid}`);
const CUSTOMERS = 10_000;
/** The places of the customers with a rare tag. */
const RARE = [1, 4_999, 9_999];
let meter: Meter;

beforeAll(async () => {
  await acme.api.get('/v1/partner');
  const { endpoints } = cloud.cloud();
  meter = await startMeter(endpoints.dynamodb);
  useTableOf({ ...cloud.cloud(), endpoints: { ...endpoints, dynamodb: meter.url } });
  const start = Date.parse('2026-03-01T00:00:00.000Z');
  await pMap(
    Array.from({ length: CUSTOMERS }, (_, place) => place),
    (place) => {
      const at = new Date(start + place * 1000);
      const tags = [place % 2 === 0 ? 'even' : 'odd', ...(RARE.includes(place) ? ['rare'] : [])];
      const details = { name: `Customer ${String(place).padStart(5, '0')}`, tags };
      return insertCustomer(acme.id, newCustomer(newId('customer', at), details, at.toISOString()));
    },
    { concurrency: 32 },
  );
});
afterAll(() => meter.stop());

/** All pages of a list. */
async function pagesOf(query: string): Promise<Customer[][]> {
  const pages: Customer[][] = [];
  let cursor: string | undefined;
  do {
    const next = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: Page<Customer> = is(200, await acme.api.get(`/v1/customers?${query}${next}`));
    pages.push(page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return pages;
}

const placesIn = (pages: readonly Customer[][]) => pages.flat().map(({ name }) => Number(name.slice(-5)));

test('a list of ten thousand customers has each of them once, in order', async () => {
  const places = placesIn(await pagesOf('limit=200'));
  expect(places).toEqual(Array.from({ length: CUSTOMERS }, (_, place) => place));
});

test('a rare tag is found within as many pages as there are thousands of customers, and a common one fills each page', async () => {
  const rare = await pagesOf('tag=rare&limit=50');
  expect(placesIn(rare)).toEqual(RARE);
  expect(rare.length).toBeLessThanOrEqual(CUSTOMERS / 800);
  expect(placesIn(await pagesOf('tag=rare&q=customer%2004'))).toEqual([4_999]);
  const [first, second] = await pagesOf('tag=odd&limit=200');
  expect([first?.length, second?.length]).toEqual([200, 200]);
});

test('a page by tag costs a bounded number of read units, however many customers there are', async () => {
  meter.take();
  const { items } = await listCustomers(acme.id, { tag: 'none of them' }, { limit: 50 });
  const { calls, read } = meter.take();
  expect(items).toEqual([]);
  // 851 customers of about 300 bytes, strongly consistent.
  expect(calls).toEqual({ Query: 5 });
  expect(read.table).toBeLessThan(100);
});

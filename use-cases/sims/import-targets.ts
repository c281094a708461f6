import { type CustomerRecord, getCustomer, queryCustomers } from '../../adapters/dynamodb/customers.ts';
import {
  findCustomerServiceByName,
  getCustomerServiceWithTariff,
  getPartnerServiceWithTariff,
  queryPartnerServices,
} from '../../adapters/dynamodb/services.ts';
import { type AnyIdKind, asId, type Id, type PartnerId } from '../../domain/ids.ts';
import { memoize } from '../../domain/memoize.ts';
import type { PartnerService } from '../../domain/service.ts';
import type { ImportTargets } from '../../domain/sim-import.ts';

/** The cells of a row that name services and a customer, by id or by exact name. */
export type TargetCells = {
  partnerService?: string | undefined;
  customer?: string | undefined;
  customerService?: string | undefined;
};

const READ_SIZE = 500;

/** Longer cells cannot be ids, and DynamoDB refuses them in keys. */
const MAX_ID_LENGTH = 100;

const ifId = async <Kind extends AnyIdKind, T>(
  kind: Kind,
  cell: string,
  read: (id: Id<Kind>) => Promise<T | undefined>,
) => (cell.length > MAX_ID_LENGTH ? undefined : read(asId(kind, cell)));

/** Looks up what the rows of an import name. Each name is looked up once. */
export function importTargets(partnerId: PartnerId): (cells: TargetCells) => Promise<ImportTargets> {
  const partnerServices = memoize(() =>
    byName<PartnerService>((after) => queryPartnerServices(partnerId, READ_SIZE, after)),
  );
  const customers = memoize(() => byName<CustomerRecord>((after) => queryCustomers(partnerId, READ_SIZE, after)));

  const partnerService = memoize(async (cell = ''): Promise<ImportTargets['partnerService']> => {
    const known = await ifId('partnerService', cell, (id) => getPartnerServiceWithTariff(partnerId, id));
    const [named] = known ? [] : ((await partnerServices()).get(cell) ?? []);
    return known ?? (named && (await getPartnerServiceWithTariff(partnerId, named.id))) ?? 'unknown';
  });
  const customer = memoize(async (cell = ''): Promise<ImportTargets['customer']> => {
    const known = await ifId('customer', cell, (id) => getCustomer(partnerId, id));
    const [named, another] = known ? [] : ((await customers()).get(cell) ?? []);
    return another ? 'ambiguous' : (known ?? named ?? 'unknown');
  });
  const customerService = memoize(async (key = ''): Promise<ImportTargets['customerService']> => {
    const [customerId = '', cell = '']: string[] = JSON.parse(key);
    const known = await ifId('customerService', cell, (id) => getCustomerServiceWithTariff(partnerId, id));
    const named = known ? undefined : await findCustomerServiceByName(partnerId, asId('customer', customerId), cell);
    return known ?? (named && (await getCustomerServiceWithTariff(partnerId, named.id))) ?? 'unknown';
  });

  return async (cells) => {
    const owner = cells.customer === undefined ? undefined : await customer(cells.customer);
    const ownerId = typeof owner === 'object' ? owner.id : '';
    return {
      partnerService: cells.partnerService === undefined ? undefined : await partnerService(cells.partnerService),
      customer: owner,
      customerService:
        cells.customerService === undefined
          ? undefined
          : await customerService(JSON.stringify([ownerId, cells.customerService])),
    };
  };
}

/** All items of a list, by name. */
async function byName<Item extends { name: string }>(
  read: (after: string | undefined) => Promise<{ items: Item[]; last?: string }>,
): Promise<Map<string, Item[]>> {
  const all: Item[] = [];
  let after: string | undefined;
  do {
    const { items, last } = await read(after);
    all.push(...items);
    after = last;
  } while (after !== undefined);
  return Map.groupBy(all, ({ name }) => name);
}

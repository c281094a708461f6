import { randomUUID } from 'node:crypto';
import type { OperatorId, PartnerId, TariffId } from '../../domain/ids.ts';
import type { Tariff, TariffTerms } from '../../domain/tariff.ts';
import { absent, atVersion, exists } from './conditions.ts';
import { itemKinds } from './item-kinds.ts';
import { query, queryAll } from './queries.ts';
import { get, getMany } from './reads.ts';
import { retryOnConflict } from './retry-on-conflict.ts';
import { put, remove } from './write-requests.ts';
import { writeIf } from './writes.ts';

type TariffRecord = Tariff & { version: number };
type Grant = { tariffId: TariffId };

export async function getTariff(id: TariffId): Promise<Tariff | undefined> {
  return get<TariffRecord>(itemKinds.tariff.key({ id }));
}

/** Tariffs by their ids. Reads each once, and omits missing ones. */
export async function getTariffs(ids: readonly TariffId[]): Promise<ReadonlyMap<TariffId, Tariff>> {
  const tariffs = await getMany<TariffRecord>([...new Set(ids)].map((id) => itemKinds.tariff.key({ id })));
  return new Map(tariffs.map((tariff) => [tariff.id, tariff]));
}

/** A page of all tariffs, by id. */
export async function queryTariffs(limit: number, after: string | undefined) {
  return query<TariffRecord>({ ...itemKinds.tariff.range({}), after }, limit);
}

/** A page of the tariffs granted to a partner, by id. */
export async function queryGrantedTariffs(partnerId: PartnerId, limit: number, after: string | undefined) {
  const { items, ...rest } = await query<Grant>({ ...itemKinds.grant.range({ partnerId }), after }, limit);
  const found = await getMany<TariffRecord>(items.map(({ tariffId }) => itemKinds.tariff.key({ id: tariffId })));
  return { items: found.sort((a, b) => (a.id < b.id ? -1 : 1)), ...rest };
}

/**
 * Creates a tariff, or replaces its terms.
 *
 * @param check gets the tariff before the write, `undefined` when there is none; may throw.
 * @returns the tariff, and the tariff before the write.
 * @throws ConditionFailed when another writer was faster each time.
 */
export async function upsertTariff(
  id: TariffId,
  terms: TariffTerms,
  check: (before: Tariff | undefined) => void,
): Promise<{ tariff: Tariff; before: Tariff | undefined }> {
  return retryOnConflict(async () => {
    const key = itemKinds.tariff.key({ id });
    const before = await get<TariffRecord>(key);
    check(before);
    const tariff = { id, ...terms };
    const version = (before?.version ?? 0) + 1;
    const isUnchanged = before ? atVersion(before.version) : absent;
    return (await writeIf(put({ ...tariff, version, ...key }, isUnchanged))) ? { tariff, before } : undefined;
  });
}

/** Grants a tariff to a partner. @returns false when the partner has it already. */
export async function addGrant(partnerId: PartnerId, tariffId: TariffId): Promise<boolean> {
  // Makes the item unique: a write that is sent again must not take an earlier grant for its own.
  const request = randomUUID();
  return writeIf(put({ ...itemKinds.grant.key({ partnerId, tariffId }), tariffId, request }, absent));
}

/** Removes a grant. @returns false when there was none. */
export async function removeGrant(partnerId: PartnerId, tariffId: TariffId): Promise<boolean> {
  return writeIf(remove(itemKinds.grant.key({ partnerId, tariffId }), exists));
}

/** A tariff, if it is granted to the partner. */
export async function getGrantedTariff(partnerId: PartnerId, id: TariffId): Promise<Tariff | undefined> {
  const [grant, tariff] = await Promise.all([
    get<Grant>(itemKinds.grant.key({ partnerId, tariffId: id })),
    getTariff(id),
  ]);
  return grant && tariff;
}

/** All tariffs granted to a partner, by id: a few dozen at most. */
export async function getAllGrantedTariffs(partnerId: PartnerId, operatorId?: OperatorId): Promise<Tariff[]> {
  const grants = await queryAll<Grant>(itemKinds.grant.range({ partnerId }));
  const granted = await getMany<TariffRecord>(grants.map(({ tariffId }) => itemKinds.tariff.key({ id: tariffId })));
  return granted
    .filter((tariff) => operatorId === undefined || tariff.operatorIds.includes(operatorId))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

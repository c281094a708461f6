import type { OperatorId } from '../../domain/operator.ts';
import { type Tariff, type TariffTerms, tariffChangeProblem } from '../../domain/tariff.ts';
import type { Problem } from '../../domain/verdict.ts';
import { absent, atVersion, exists, get, getMany, put, query, queryAll, remove, writeIf } from './items.ts';
import { grantKey, tariffKey, tariffs } from './keys.ts';
import { retryOnConflict } from './retry-on-conflict.ts';

type TariffRecord = Tariff & { version: number };
type Grant = { tariffId: string };

/** A tariff of the wholesaler's, whoever it is given to. */
export async function getTariff(id: string): Promise<Tariff | undefined> {
  return get<TariffRecord>(tariffKey(id));
}

/** The tariffs of the wholesaler, by id. */
export async function queryTariffs(limit: number, after: string | undefined) {
  return query<TariffRecord>({ partition: tariffs.pk, prefix: tariffKey('').sk, after }, limit);
}

/** A page of the tariffs that a partner has been given, by id. */
export async function queryGrantedTariffs(partnerId: string, limit: number, after: string | undefined) {
  const { pk, sk } = grantKey(partnerId, '');
  const { items, ...rest } = await query<Grant>({ partition: pk, prefix: sk, after }, limit);
  const found = await getMany<TariffRecord>(items.map(({ tariffId }) => tariffKey(tariffId)));
  return { items: found.sort((one, other) => (one.id < other.id ? -1 : 1)), ...rest };
}

/**
 * Makes a tariff, or changes its terms where the rules let it be changed.
 *
 * @param check is called with the tariff as it is before the write, `undefined` when there is none; may throw.
 * @returns the tariff and as it was before, or why it may not be changed so.
 * @throws ConditionFailed when another writer was faster each time.
 */
export async function saveTariff(
  id: string,
  terms: TariffTerms,
  check: (before: Tariff | undefined) => void,
): Promise<{ tariff: Tariff; before: Tariff | undefined } | { problem: Problem }> {
  return retryOnConflict(async () => {
    const before = await get<TariffRecord>(tariffKey(id));
    check(before);
    const problem = before && tariffChangeProblem(before, terms);
    if (problem) {
      return { problem };
    }
    const tariff = { id, ...terms };
    const version = (before?.version ?? 0) + 1;
    const asSeen = before ? atVersion(before.version) : absent;
    return (await writeIf(put({ ...tariff, version, ...tariffKey(id) }, asSeen))) ? { tariff, before } : undefined;
  });
}

/** Gives a tariff to a partner; `created` is false when the partner had it. */
export async function grantTariff(partnerId: string, tariffId: string): Promise<{ created: boolean }> {
  return { created: await writeIf(put({ ...grantKey(partnerId, tariffId), tariffId }, absent)) };
}

/** Takes a tariff from a partner: services that are on it stay, new ones cannot be made. @returns whether it had it. */
export async function revokeTariff(partnerId: string, tariffId: string): Promise<boolean> {
  return writeIf(remove(grantKey(partnerId, tariffId), exists));
}

/** A tariff, if the wholesaler has given it to this partner. */
export async function getGrantedTariff(partnerId: string, id: string): Promise<Tariff | undefined> {
  const [grant, tariff] = await Promise.all([get<Grant>(grantKey(partnerId, id)), getTariff(id)]);
  return grant && tariff;
}

/** The tariffs that a partner has been given, by id; a few dozen at the most. */
export async function listGrantedTariffs(partnerId: string, operatorId?: OperatorId): Promise<Tariff[]> {
  const { pk, sk } = grantKey(partnerId, '');
  const grants = await queryAll<Grant>({ partition: pk, prefix: sk });
  const granted = await getMany<TariffRecord>(grants.map(({ tariffId }) => tariffKey(tariffId)));
  return granted
    .filter((tariff) => operatorId === undefined || tariff.operatorIds.includes(operatorId))
    .sort((one, other) => (one.id < other.id ? -1 : 1));
}

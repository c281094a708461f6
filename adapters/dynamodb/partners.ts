import type { PartnerId } from '../../domain/ids.ts';
import type { Operator } from '../../domain/operator.ts';
import type { Partner, PartnerDetails } from '../../domain/partner.ts';
import { newHoldingService } from '../../domain/service.ts';
import { absent, atVersion } from './conditions.ts';
import { itemKinds } from './item-kinds.ts';
import { partnerListKeys, partnerListPartition } from './keys.ts';
import { query } from './queries.ts';
import { get, getMany } from './reads.ts';
import { retryOnConflict } from './retry-on-conflict.ts';
import { put } from './write-requests.ts';
import { transactIf, writeIf } from './writes.ts';

export async function getPartner(partnerId: PartnerId): Promise<Partner | undefined> {
  return get<Partner>(itemKinds.partner.key({ partnerId }));
}

/** The partners of the wholesaler, by id. */
export async function queryPartners(
  limit: number,
  after: string | undefined,
): Promise<{ items: Partner[]; last?: string }> {
  const { items, ...rest } = await query<{ id: PartnerId }>(
    { index: 'byCustomerState', partition: partnerListPartition, after },
    limit,
  );
  // The index does not project all attributes.
  const found = await getMany<Partner>(items.map(({ id }) => itemKinds.partner.key({ partnerId: id })));
  return { items: found.sort((a, b) => (a.id < b.id ? -1 : 1)), ...rest };
}

/**
 * Creates a partner with a holding service for each operator, or replaces its details.
 *
 * @param operators all operators.
 * @param check gets the partner before the write, `undefined` when there is none; may throw.
 * @returns the partner, and the partner before the write.
 * @throws ConditionFailed when another writer was faster each time.
 */
export async function upsertPartner(
  id: PartnerId,
  details: PartnerDetails,
  operators: readonly Operator[],
  at: string,
  check: (before: Partner | undefined) => void,
): Promise<{ partner: Partner; before: Partner | undefined }> {
  return retryOnConflict(async () => {
    const before = await getPartner(id);
    check(before);
    const partner: Partner = {
      id,
      ...details,
      createdAt: before?.createdAt ?? at,
      updatedAt: at,
      version: (before?.version ?? 0) + 1,
    };
    const item = { ...partner, ...partnerListKeys(id), ...itemKinds.partner.key({ partnerId: id }) };
    const services = operators.map((operator) => ({ ...newHoldingService(operator, at), sims: 0 }));
    const written = before
      ? await writeIf(put(item, atVersion(before.version)))
      : await transactIf([
          put(item, absent),
          ...services.map((service) =>
            put({ ...service, ...itemKinds.partnerService.key({ partnerId: id, id: service.id }) }, absent),
          ),
        ]);
    return written ? { partner, before } : undefined;
  });
}

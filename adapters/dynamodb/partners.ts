import { operatorIds, operators } from '../../domain/operator.ts';
import type { Partner } from '../../domain/partner.ts';
import { holdingServiceId } from '../../domain/service.ts';
import { absent, atVersion, ConditionFailed, get, put, transact, write } from './items.ts';
import { partnerKey, partnerServiceKey } from './keys.ts';
import type { PartnerServiceRecord } from './services.ts';

export async function getPartner(partnerId: string): Promise<Partner | undefined> {
  return get<Partner>(partnerKey(partnerId));
}

/**
 * Makes a partner, with a holding service for each operator, or replaces its details.
 *
 * @returns the partner, and whether it is new.
 */
export async function savePartner(
  id: string,
  details: Omit<Partner, 'id' | 'createdAt' | 'updatedAt' | 'version'>,
  at: string,
): Promise<{ partner: Partner; created: boolean }> {
  for (;;) {
    const before = await getPartner(id);
    const partner: Partner = {
      id,
      ...details,
      createdAt: before?.createdAt ?? at,
      updatedAt: at,
      version: (before?.version ?? 0) + 1,
    };
    try {
      if (before) {
        await write(put({ ...partner, ...partnerKey(id) }, atVersion(before.version)));
      } else {
        const services = operatorIds.map((operatorId) => holdingService(operatorId, at));
        await transact([
          put({ ...partner, ...partnerKey(id) }, absent),
          ...services.map((service) => put({ ...service, ...partnerServiceKey(id, service.id) }, absent)),
        ]);
      }
      return { partner, created: !before };
    } catch (error) {
      if (!(error instanceof ConditionFailed)) {
        throw error;
      }
    }
  }
}

function holdingService(operatorId: (typeof operatorIds)[number], at: string): PartnerServiceRecord {
  return {
    id: holdingServiceId(operatorId),
    name: `${operators[operatorId].name} holding service`,
    holding: true,
    sims: 0,
    createdAt: at,
    updatedAt: at,
    version: 1,
  };
}

import {
  getPartnerServiceWithTariff,
  type PartnerServiceRecord,
  savePartnerService,
} from '../../adapters/dynamodb/services.ts';
import type { PartnerId, PartnerServiceId } from '../../domain/ids.ts';
import { isUnchanged } from '../is-unchanged.ts';
import { orNotFound } from '../refusal.ts';
import { requireEditable } from './require-editable.ts';
import { type ServicePatch, serviceChangeOf } from './service-change.ts';

/**
 * Changes the name, the notes or the tariff of a partner service. See `serviceChangeOf` for what the tariff may be.
 *
 * @throws Refusal `not_found`, `holding_service`, `invalid_input`, `tariff_mismatch`, `in_use`
 * @throws ConditionFailed when a concurrent request changed the service.
 */
export async function updatePartnerService(
  partnerId: PartnerId,
  id: PartnerServiceId,
  patch: ServicePatch,
  { now, precondition }: { now: Date; precondition: (current: PartnerServiceRecord) => void },
): Promise<{ before: PartnerServiceRecord; after: PartnerServiceRecord }> {
  const withTariff = orNotFound(await getPartnerServiceWithTariff(partnerId, id), 'partner service', id);
  const before = withTariff.service;
  precondition(before);
  requireEditable(before);
  const at = now.toISOString();
  const change = await serviceChangeOf(partnerId, withTariff, patch, 'partner', at);
  const after = isUnchanged(before, change.set, change.remove)
    ? before
    : await savePartnerService(partnerId, before, change, at);
  return { before, after };
}

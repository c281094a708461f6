import { getPartnerService, savePartnerServiceName } from '../../adapters/dynamodb/services.ts';
import type { PartnerId, PartnerServiceId } from '../../domain/ids.ts';
import { editProblem, type PartnerService } from '../../domain/service.ts';
import { orNotFound, Refusal } from '../refusal.ts';

/**
 * Renames a partner service.
 *
 * @param name `undefined`, or the current name, changes nothing.
 * @throws Refusal `not_found`
 * @throws Refusal `holding_service`
 * @throws ConditionFailed when a concurrent request changed the service.
 */
export async function renamePartnerService(
  partnerId: PartnerId,
  id: PartnerServiceId,
  name: string | undefined,
  { now, precondition }: { now: Date; precondition: (current: PartnerService) => void },
): Promise<{ before: PartnerService; after: PartnerService }> {
  const before = orNotFound(await getPartnerService(partnerId, id), 'partner service', id);
  precondition(before);
  const problem = editProblem(before);
  if (problem) {
    throw new Refusal(problem.code, problem.detail);
  }
  const after =
    name === undefined || name === before.name
      ? before
      : await savePartnerServiceName(partnerId, before, name, now.toISOString());
  return { before, after };
}

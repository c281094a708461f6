import type { PartnerCaller } from '../../domain/access.ts';
import { readSimFieldNames } from '../../use-cases/sims/sim-field-names.ts';
import { prefersCsv } from '../http/accept.ts';
import type { RouteRequest, RouteResponse } from '../http/route.ts';

/** The columns of SIMs' fields in a list of SIMs as CSV. A list as JSON needs no names, which are then not read. */
export async function fieldColumns(
  { partnerId }: PartnerCaller,
  { accept }: RouteRequest<'see', string, unknown, unknown>['headers'],
): Promise<Pick<RouteResponse, 'recordKeys'>> {
  return prefersCsv(accept) ? { recordKeys: { fields: (await readSimFieldNames(partnerId)).names } } : {};
}

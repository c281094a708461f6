import { getCustomer } from '../../adapters/dynamodb/customers.ts';
import { getOperations } from '../../adapters/dynamodb/operations.ts';
import { getCustomerService, getPartnerService } from '../../adapters/dynamodb/services.ts';
import { listSims } from '../../adapters/dynamodb/sim-lists.ts';
import { getSim, type SimRecord, simHistory } from '../../adapters/dynamodb/sims.ts';
import { isAllowed, type PartnerCaller } from '../../domain/access.ts';
import type { PartnerId } from '../../domain/ids.ts';
import type { SimFilter } from '../../domain/operation.ts';
import type { Sim } from '../../domain/sim.ts';
import { type TimelineLine, timelineForCustomer, timelineOf, withoutEmails } from '../../domain/timeline.ts';
import type { PageRequest } from '../fill-page.ts';
import { requireKnownFilter } from '../known-operator.ts';
import { notFound } from '../refusal.ts';

/**
 * The SIM, if the caller may see it: users of a customer see only its own SIMs.
 *
 * @throws Refusal `not_found`
 */
export async function readSim(caller: PartnerCaller, iccid: string): Promise<SimRecord> {
  const sim = await getSim(caller.partnerId, iccid);
  if (!sim || (caller.kind === 'customer' && sim.customerId !== caller.customerId)) {
    throw notFound('SIM', iccid);
  }
  return sim;
}

/** The SIMs that the caller may see and that match a filter. */
export async function listVisibleSims(
  caller: PartnerCaller,
  filter: SimFilter,
  { limit, after }: PageRequest,
): Promise<{ items: Sim[]; next?: string | undefined }> {
  await requireKnownFilter(filter.operatorId);
  if (caller.kind === 'partner') {
    return listSims(caller.partnerId, filter, limit, after);
  }
  const { customerId } = caller;
  return (filter.customerId ?? customerId) === customerId
    ? listSims(caller.partnerId, { ...filter, customerId }, limit, after)
    : { items: [] };
}

/** A page of a SIM's timeline, with the names of its customers and services by id. */
export type TimelinePage = { lines: TimelineLine[]; names: ReadonlyMap<string, string>; next: string | undefined };

/** The timeline of a SIM, oldest entry first. Users of a customer see only the entries since the SIM was assigned to it. */
export async function readSimTimeline(
  caller: PartnerCaller,
  sim: SimRecord,
  { limit, after }: PageRequest,
): Promise<TimelinePage> {
  const { partnerId } = caller;
  const steps = await simHistory(partnerId, sim);
  const operations = await getOperations(
    partnerId,
    steps.flatMap(({ operationId }) => operationId ?? []),
  );
  const all = timelineOf(sim, steps, (id) => operations.get(id));
  const ofPartner = isAllowed(caller, 'journal') ? all : withoutEmails(all);
  const visible = caller.kind === 'customer' ? timelineForCustomer(all, caller.customerId) : ofPartner;
  const rest = visible.filter(({ version }) => version > Number(after ?? 0));
  const lines = rest.slice(0, limit);
  const next = rest.length > lines.length ? String(lines.at(-1)?.version) : undefined;
  return { lines, names: await namesIn(partnerId, lines), next };
}

/** The names of the customers and services in timeline entries, by id. Deleted ones are left out. */
async function namesIn(partnerId: PartnerId, lines: readonly TimelineLine[]): Promise<Map<string, string>> {
  const distinct = <Id extends string>(idOf: (line: TimelineLine) => Id | undefined) => [
    ...new Set(lines.flatMap((line) => idOf(line) ?? [])),
  ];
  const found = await Promise.all([
    ...distinct(({ customerId }) => customerId).map((id) => getCustomer(partnerId, id)),
    ...distinct(({ customerServiceId }) => customerServiceId).map((id) => getCustomerService(partnerId, id)),
    ...distinct(({ partnerServiceId }) => partnerServiceId).map((id) => getPartnerService(partnerId, id)),
  ]);
  return new Map(found.flatMap((resource) => (resource ? [[resource.id, resource.name]] : [])));
}

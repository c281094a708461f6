import { getServicesWithTariffs } from '../../adapters/dynamodb/services-of-sims.ts';
import type { PartnerCaller } from '../../domain/access.ts';
import type { CalendarDay } from '../../domain/calendar-day.ts';
import type { PartnerId, ServiceId } from '../../domain/ids.ts';
import {
  type SimWarning,
  type TermSide,
  type TermTariff,
  termEndsOf,
  termEndsOn,
  termStartOf,
  termWarnings,
} from '../../domain/minimum-term.ts';
import { tariffSince } from '../../domain/service-tariffs.ts';
import type { Sim } from '../../domain/sim.ts';
import type { SimRequest } from '../../domain/sim-actions.ts';

const sides: readonly TermSide[] = ['partner', 'customer'];

const serviceOn = (sim: Sim, side: TermSide): ServiceId | undefined =>
  side === 'partner' ? sim.partnerServiceId : sim.customerServiceId;

/** The tariffs that bind some SIMs. Reads only the services of SIMs whose terms have started. */
async function termTariffs(partnerId: PartnerId, sims: readonly Sim[]) {
  const ids = sims.flatMap((sim) =>
    sides.flatMap((side) => (termStartOf(sim, side) === undefined ? [] : (serviceOn(sim, side) ?? []))),
  );
  const services = ids.length > 0 ? await getServicesWithTariffs(partnerId, [...new Set(ids)]) : new Map();
  const tariffOf = (sim: Sim, side: TermSide): TermTariff | undefined => {
    const found = services.get(serviceOn(sim, side));
    return (
      found?.tariff && {
        tariffId: found.tariff.id,
        minimumTermMonths: found.tariff.minimumTermMonths,
        since: tariffSince(found.service),
      }
    );
  };
  return (sim: Sim) => ({ partner: tariffOf(sim, 'partner'), customer: tariffOf(sim, 'customer') });
}

/** Adds to SIMs when their minimum terms end, as far as the caller may know. */
export async function withTermEnds<Shown extends Sim>(
  { partnerId, kind }: { partnerId: PartnerId; kind: PartnerCaller['kind'] },
  sims: readonly Shown[],
): Promise<(Shown & { termEndsOn?: CalendarDay })[]> {
  const tariffsOf = await termTariffs(partnerId, sims);
  return sims.map((sim) => {
    const end = termEndsOn(termEndsOf(sim, tariffsOf(sim)), kind);
    return end === undefined ? sim : { ...sim, termEndsOn: end };
  });
}

/**
 * The warnings of an action on SIMs that it changes, by ICCID. Omits SIMs without one.
 *
 * @param sims the SIMs before the change.
 */
export async function warningsOf(
  partnerId: PartnerId,
  request: SimRequest,
  sims: readonly Sim[],
  at: string,
): Promise<Map<string, SimWarning[]>> {
  const { action } = request;
  if (action !== 'terminate' && action !== 'unassign' && action !== 'assign' && action !== 'migrate') {
    return new Map();
  }
  const tariffsOf = await termTariffs(partnerId, sims);
  const target = targetTariff(request);
  const warned = sims.map((sim): [string, SimWarning[]] => {
    const tariffs = tariffsOf(sim);
    return [sim.iccid, termWarnings(action, termEndsOf(sim, tariffs), { tariffs, target }, at)];
  });
  return new Map(warned.filter(([, warnings]) => warnings.length > 0));
}

function targetTariff(request: SimRequest) {
  switch (request.action) {
    case 'migrate':
      return request.partnerService?.tariff?.id;
    case 'assign':
      return request.customerService?.tariff?.id;
    default:
      return undefined;
  }
}

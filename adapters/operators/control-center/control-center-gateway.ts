import { type CalendarDay, daysBetween } from '../../../domain/calendar-day.ts';
import {
  OperatorBusy,
  type OperatorGateway,
  OperatorUnavailable,
  type SimAnswer,
  type UsageTotal,
} from '../../../domain/operator-port.ts';
import { MINUTE_MS } from '../../../domain/time-units.ts';
import { askInBatches, batchesOf } from '../batches.ts';
import { notOffered } from '../not-offered.ts';
import type { Transport } from '../transport.ts';
import {
  changeAnswers,
  changedSimsAnswers,
  deviceAnswers,
  type TargetStatus,
  usageOfDaysAnswers,
} from './control-center-answers.ts';
import { devicePaths } from './control-center-protocol.ts';

/** The maximum number of SIMs in a page. More SIMs than this are looked up in the list of changes. */
const PAGE = 50;

/** The operator's clock may be this far behind ours. */
const CLOCK_MARGIN_MS = 5 * MINUTE_MS;

const noOrders = notOffered('Control Center takes no orders. The platform staff place them at the operator.');

/**
 * The gateway to an operator on Cisco IoT Control Center: changes of SIMs and their status, one SIM a call.
 *
 * Orders and their SIM lists are handled by hand. A change is requested again without harm: the operator answers that the SIM
 * has the status already.
 */
export function controlCenterGateway(transport: Transport): OperatorGateway {
  const change = (iccids: readonly string[], status: TargetStatus) => changeStatus(transport, iccids, status);
  return {
    submitOrder: noOrders,
    ordersSince: noOrders,
    orderStatus: noOrders,
    cancelOrder: noOrders,
    deliveredSims: noOrders,
    activate: (_batchKey, iccids) => change(iccids, 'ACTIVATED'),
    setBars: (_batchKey, iccids, barred) => change(iccids, barred ? 'DEACTIVATED' : 'ACTIVATED'),
    terminate: (_batchKey, iccids) => change(iccids, 'RETIRED'),
    simStatus: (iccids, { since } = {}) => simStatus(transport, iccids, since),
    usageSince: notOffered('Control Center reports usage as totals, not as records.'),
    usageTotals: (iccids, from, to) => usageTotals(transport, iccids, from, to),
  };
}

function changeStatus(transport: Transport, iccids: readonly string[], status: TargetStatus): Promise<SimAnswer[]> {
  const ask = async (iccid: string) => [
    await transport.call({
      method: 'PUT',
      path: devicePaths.device(iccid),
      body: { status },
      expected: changeAnswers(iccid, status),
    }),
  ];
  return askInBatches(batchesOf(iccids, 1).flat(), ask, transport.width);
}

/**
 * The status of SIMs. Many SIMs are looked up in the list of changes since `since`. SIMs that the list does not show are read one by
 * one if they are few, and left out otherwise.
 */
async function simStatus(
  transport: Transport,
  iccids: readonly string[],
  since: Date | undefined,
): Promise<SimAnswer[]> {
  const asked = new Set(iccids);
  const listed = since !== undefined && asked.size > PAGE ? await statusesSince(transport, since, asked) : undefined;
  if (!listed) {
    return readEach(transport, [...asked]);
  }
  const answers = [...listed].map(([iccid, status]): SimAnswer => ({ iccid, status }));
  const rest = [...asked].filter((iccid) => !listed.has(iccid));
  if (rest.length > PAGE) {
    return answers;
  }
  try {
    return [...answers, ...(await readEach(transport, rest))];
  } catch (error) {
    if (answers.length === 0 || !(error instanceof OperatorUnavailable)) {
      throw error;
    }
    return answers;
  }
}

function readEach(transport: Transport, iccids: readonly string[]): Promise<SimAnswer[]> {
  const readOne = async (iccid: string) => {
    const path = devicePaths.device(iccid);
    const read = await transport.call({ method: 'GET', path, expected: deviceAnswers(iccid) });
    if (read && 'problem' in read) {
      await transport.logLeftOut('invalid answer of an operator about SIMs', path, [
        { name: iccid, problem: read.problem },
      ]);
      return [];
    }
    return read ? [{ iccid, status: read.status }] : [];
  };
  return askInBatches(iccids, readOne, transport.width);
}

/**
 * The status of those of the wanted SIMs that have changed since a time, from the operator's list, oldest change first. Ends when
 * all are found, when a page repeats what earlier ones had, or when reading the SIMs one by one would take fewer calls.
 *
 * A SIM that the list shows with two statuses is left out: it changes now, or the operator repeats an old page.
 *
 * @returns `undefined` when the operator lists no changes since that time.
 */
async function statusesSince(
  transport: Transport,
  since: Date,
  wanted: ReadonlySet<string>,
): Promise<Map<string, SimAnswer['status']> | undefined> {
  const found = new Map<string, SimAnswer['status']>();
  const seen = new Map<string, SimAnswer['status']>();
  const contradicted = new Set<string>();
  const modifiedSince = formatTime(new Date(since.getTime() - CLOCK_MARGIN_MS));
  for (let pageNumber = 1; pageNumber <= wanted.size && found.size < wanted.size; pageNumber += 1) {
    const query = new URLSearchParams({ modifiedSince, pageSize: String(PAGE), pageNumber: String(pageNumber) });
    const path = `${devicePaths.devices}?${query}`;
    const page = await transport
      .call({ method: 'GET', path, expected: changedSimsAnswers(pageNumber) })
      .catch((error: unknown) => {
        if (found.size === 0 || !(error instanceof OperatorUnavailable)) {
          throw error;
        }
        return undefined;
      });
    if (page === 'out of range') {
      return undefined;
    }
    if (page === undefined) {
      break;
    }
    if (page.leftOut.length > 0) {
      await transport.logLeftOut('invalid answer of an operator about SIMs', path, page.leftOut);
    }
    const isNew = page.sims.some(({ iccid }) => !seen.has(iccid));
    for (const { iccid, status } of page.sims) {
      if ((seen.get(iccid) ?? status) !== status) {
        contradicted.add(iccid);
      }
      seen.set(iccid, status);
      if (wanted.has(iccid)) {
        found.set(iccid, status);
      }
    }
    if (page.isLast || !isNew) {
      break;
    }
  }
  for (const iccid of contradicted) {
    found.delete(iccid);
  }
  return found;
}

/**
 * The totals of SIMs and days. The operator answers the sum of a range, so a range without usage takes one call, any other one more
 * than it has days. SIMs that the operator does not know, or for which its limits permit no call, are left out.
 *
 * @throws OperatorUnavailable when one of the SIMs gets no answer for another reason.
 */
async function usageTotals(
  transport: Transport,
  iccids: readonly string[],
  from: CalendarDay,
  to: CalendarDay,
): Promise<UsageTotal[]> {
  const failures: unknown[] = [];
  const ask = (iccid: string) =>
    totalsOfSim(transport, iccid, from, to).catch((error: unknown) => {
      if (!(error instanceof OperatorBusy)) {
        failures.push(error);
      }
      throw error;
    });
  const totals = await askInBatches(batchesOf(iccids, 1).flat(), ask, transport.width);
  if (failures.length > 0) {
    throw failures[0];
  }
  return totals;
}

async function totalsOfSim(
  transport: Transport,
  iccid: string,
  from: CalendarDay,
  to: CalendarDay,
): Promise<UsageTotal[]> {
  const days = daysBetween(from, to);
  const inAll = await usageOfDays(transport, iccid, from, to);
  if (inAll === undefined) {
    return [];
  }
  if (inAll === 0 || days.length === 1) {
    return days.map((day) => ({ iccid, day, bytes: inAll }));
  }
  const totals: UsageTotal[] = [];
  for (const day of days) {
    const bytes = await usageOfDays(transport, iccid, day, day);
    totals.push(...(bytes === undefined ? [] : [{ iccid, day, bytes }]));
  }
  return totals;
}

function usageOfDays({ call }: Transport, iccid: string, from: CalendarDay, to: CalendarDay) {
  const range = { startDate: from.replaceAll('-', ''), endDate: to.replaceAll('-', '') };
  return call({ method: 'GET', path: devicePaths.usage(iccid, range), expected: usageOfDaysAnswers(iccid, range) });
}

/** `yyyy-MM-ddTHH:mm:ss+00:00` */
const formatTime = (time: Date) => `${time.toISOString().slice(0, 19)}+00:00`;

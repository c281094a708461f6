import { type CalendarDay, daysBetween } from '../../../domain/calendar-day.ts';
import {
  type DataSession,
  OperatorBusy,
  type OperatorGateway,
  OperatorUnavailable,
  type SimAnswer,
  type SimDetails,
  type UsageTotal,
} from '../../../domain/operator-port.ts';
import { MINUTE_MS } from '../../../domain/time-units.ts';
import { askInBatches, batchesOf } from '../batches.ts';
import { notOffered } from '../not-offered.ts';
import type { Transport } from '../transport.ts';
import {
  type ChangedSims,
  changeAnswers,
  changedSimsAnswers,
  deviceAnswers,
  sessionAnswers,
  type TargetStatus,
  usageOfDaysAnswers,
} from './control-center-answers.ts';
import { devicePaths } from './control-center-protocol.ts';

/** The maximum number of SIMs in a page of the list of changes. */
const PAGE = 50;

/** Up to this many SIMs are read one by one, more are looked up in the list of changes. */
const FEW = 10;

/** How many SIMs each page of the list must spare from being read one by one, on average. */
const SIMS_PER_PAGE = 5;

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
    startTest: (_batchKey, iccids) => change(iccids, 'TEST_READY'),
    setBars: (_batchKey, iccids, barred) => change(iccids, barred ? 'DEACTIVATED' : 'ACTIVATED'),
    terminate: (_batchKey, iccids) => change(iccids, 'RETIRED'),
    simStatus: (iccids, { since } = {}) => simStatus(transport, iccids, since),
    simDetails: (iccids) => readDetails(transport, batchesOf(iccids, 1).flat()),
    dataSession: (iccid) => readSession(transport, iccid),
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
 * The status of SIMs. Many SIMs are looked up in the list of changes since `since`. Those that a complete list does not show have not
 * changed and are left out; after an incomplete one they are read one by one if that takes no more calls than a page has SIMs.
 */
async function simStatus(
  transport: Transport,
  iccids: readonly string[],
  since: Date | undefined,
): Promise<SimAnswer[]> {
  const asked = new Set(iccids);
  const listed = since !== undefined && asked.size > FEW ? await statusesSince(transport, since, asked) : undefined;
  if (!listed) {
    return readEach(transport, [...asked]);
  }
  const answers = [...listed.statuses].map(([iccid, status]): SimAnswer => ({ iccid, status }));
  const rest = [...asked].filter((iccid) => !listed.statuses.has(iccid));
  const toRead = rest.filter((iccid) => !listed.isComplete || listed.contradicted.has(iccid));
  if (toRead.length > PAGE) {
    return answers;
  }
  try {
    return [...answers, ...(await readEach(transport, toRead))];
  } catch (error) {
    if (answers.length === 0 || !(error instanceof OperatorUnavailable)) {
      throw error;
    }
    return answers;
  }
}

async function readEach(transport: Transport, iccids: readonly string[]): Promise<SimAnswer[]> {
  const details = await readDetails(transport, iccids);
  return details.flatMap(({ iccid, status }) => (status === 'unknown' ? [] : [{ iccid, status }]));
}

function readSession({ call }: Transport, iccid: string): Promise<DataSession | undefined> {
  return call({ method: 'GET', path: devicePaths.session(iccid), expected: sessionAnswers(iccid) });
}

function readDetails(transport: Transport, iccids: readonly string[]): Promise<SimDetails[]> {
  const readOne = async (iccid: string): Promise<SimDetails[]> => {
    const path = devicePaths.device(iccid);
    const read = await transport.call({ method: 'GET', path, expected: deviceAnswers(iccid) });
    if (read === undefined) {
      return [{ iccid, status: 'unknown' }];
    }
    const problems = 'problem' in read ? [read.problem] : read.problems;
    if (problems.length > 0) {
      const leftOut = problems.map((problem) => ({ name: iccid, problem }));
      await transport.logLeftOut('invalid answer of an operator about SIMs', path, leftOut);
    }
    return 'problem' in read ? [] : [read.details];
  };
  return askInBatches(iccids, readOne, transport.width);
}

/** What a list of changes shows about the wanted SIMs. */
type ListedStatuses = {
  statuses: Map<string, SimAnswer['status']>;
  /** SIMs with two statuses: they change now, or the operator repeats an old page. */
  contradicted: Set<string>;
  /** Whether the list was read to its end. */
  isComplete: boolean;
};

/**
 * The status of those of the wanted SIMs that have changed since a time, from the operator's list, oldest change first. Ends when
 * all are found, when a page repeats what earlier ones had, or when reading the SIMs one by one would take fewer calls.
 *
 * @returns `undefined` when the operator lists no changes since that time.
 */
async function statusesSince(
  transport: Transport,
  since: Date,
  wanted: ReadonlySet<string>,
): Promise<ListedStatuses | undefined> {
  const seen = new Map<string, SimAnswer['status']>();
  const listed: ListedStatuses = { statuses: new Map(), contradicted: new Set(), isComplete: false };
  const maxPages = Math.ceil(wanted.size / SIMS_PER_PAGE);
  const modifiedSince = formatTime(new Date(since.getTime() - CLOCK_MARGIN_MS));
  for (let number = 1; number <= maxPages && listed.statuses.size < wanted.size; number += 1) {
    const page = await readPage(transport, modifiedSince, number).catch((error: unknown) => {
      if (listed.statuses.size === 0 || !(error instanceof OperatorUnavailable)) {
        throw error;
      }
      return undefined;
    });
    if (page === 'out of range') {
      return undefined;
    }
    const isNew = page?.sims.some(({ iccid }) => !seen.has(iccid)) ?? false;
    for (const { iccid, status } of page?.sims ?? []) {
      if ((seen.get(iccid) ?? status) !== status) {
        listed.contradicted.add(iccid);
      }
      seen.set(iccid, status);
      if (wanted.has(iccid)) {
        listed.statuses.set(iccid, status);
      }
    }
    listed.isComplete = page?.isLast === true && (isNew || page.sims.length === 0);
    if (page?.isLast || !isNew) {
      break;
    }
  }
  for (const iccid of listed.contradicted) {
    listed.statuses.delete(iccid);
  }
  return listed;
}

async function readPage(
  { call, logLeftOut }: Transport,
  modifiedSince: string,
  number: number,
): Promise<ChangedSims | 'out of range'> {
  const query = new URLSearchParams({ modifiedSince, pageSize: String(PAGE), pageNumber: String(number) });
  const path = `${devicePaths.devices}?${query}`;
  const page = await call({ method: 'GET', path, expected: changedSimsAnswers(number) });
  if (page !== 'out of range' && page.leftOut.length > 0) {
    await logLeftOut('invalid answer of an operator about SIMs', path, page.leftOut);
  }
  return page;
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

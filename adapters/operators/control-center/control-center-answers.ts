import * as z from 'zod/mini';
import en from 'zod/v4/locales/en.js';
import { normalizeIccid } from '../../../domain/delivered-sim.ts';
import type { DataSession, SimAnswer, SimDetails } from '../../../domain/operator-port.ts';
import { recordBytes } from '../../../domain/usage-record.ts';
import { numbersIn } from '../sim-numbers.ts';
import type { ExpectedAnswers } from '../transport.ts';
import { codes, errorIn } from './control-center-protocol.ts';

// Without a locale, every problem is logged as "Invalid input".
z.config(en());

const MAX_REASON = 500;
const MAX_NAME = 40;

/** The statuses that changes set: there is no other way to bar a SIM than to deactivate it. */
export type TargetStatus = 'TEST_READY' | 'ACTIVATED' | 'DEACTIVATED' | 'RETIRED';

/** Our status of a SIM in each status of the platform. */
const statuses: Readonly<Record<string, SimAnswer['status']>> = {
  // Never activated: no data.
  INVENTORY: 'barred',
  ACTIVATION_READY: 'barred',
  // Data up to a limit, without being billed.
  TEST_READY: 'testing',
  ACTIVATED: 'active',
  DEACTIVATED: 'barred',
  RETIRED: 'terminated',
  // Removed from the account, or exchanged for another SIM.
  PURGED: 'terminated',
  REPLACED: 'terminated',
};

/** Our status of a SIM; `undefined` for a status that this adapter does not know. */
export function statusFrom(status: string): SimAnswer['status'] | undefined {
  return Object.hasOwn(statuses, status) ? statuses[status] : undefined;
}

const unknownStatus = (status: string) => `the status ${status.slice(0, MAX_NAME)} is unknown`;

const iccidSchema = z.lazy(() =>
  z.pipe(
    z.string(),
    z.transform((iccid) => normalizeIccid(iccid)),
  ),
);

/** The ICCID of the answer must be that of the request. */
const thisSim = (iccid: string) =>
  z.object({ iccid: iccidSchema }).check(z.refine((device) => device.iccid === iccid, 'another SIM'));

/** An error of the platform about the SIM, not about the credentials, the rate or the platform itself. */
const refusalSchema = z.lazy(() =>
  z.pipe(
    z.unknown().check(
      z.refine((body) => {
        const code = errorIn(body)?.code;
        return code !== undefined && code !== codes.badCredentials && !code.startsWith('3');
      }, 'no error about the request'),
    ),
    z.transform((body) => errorIn(body) ?? { code: '', reason: '' }),
  ),
);

/** The answers to a change of a SIM's status. */
export function changeAnswers(iccid: string, target: TargetStatus): ExpectedAnswers<SimAnswer> {
  const done: SimAnswer = { iccid, status: statusFrom(target) ?? 'pending' };
  const refused = z.pipe(
    refusalSchema,
    z.transform(({ code, reason }): SimAnswer => {
      return code === codes.alreadySo ? done : { iccid, status: 'refused', reason: reason.slice(0, MAX_REASON) };
    }),
  );
  return {
    200: z.pipe(
      thisSim(iccid),
      z.transform(() => done),
    ),
    // Scheduled.
    202: z.pipe(
      thisSim(iccid),
      z.transform((): SimAnswer => ({ iccid, status: 'pending' })),
    ),
    400: refused,
    404: refused,
  };
}

/** An error with one of these codes. */
const errorWith = <T>(accepted: readonly string[], value: T) =>
  z.pipe(
    z.unknown().check(z.refine((body) => accepted.includes(errorIn(body)?.code ?? ''), 'no error of this request')),
    z.transform(() => value),
  );

/** A SIM with its numbers, or why its status cannot be told. `undefined`: the operator does not know the SIM. */
export type ReadDevice = { details: SimDetails; problems: string[] } | { problem: string } | undefined;

export function deviceAnswers(iccid: string): ExpectedAnswers<ReadDevice> {
  return {
    200: z.pipe(
      z
        .looseObject({ iccid: iccidSchema, status: z.string() })
        .check(z.refine((device) => device.iccid === iccid, 'another SIM')),
      z.transform((device): ReadDevice => {
        const status = statusFrom(device.status);
        const { numbers, problems } = numbersIn(device);
        return status === undefined
          ? { problem: unknownStatus(device.status) }
          : { details: { iccid, status, ...numbers }, problems };
      }),
    ),
    404: errorWith([codes.unknownSim], undefined),
  };
}

/** The current data session of a SIM, or the end of the last one. `undefined`: the operator does not know the SIM. */
export function sessionAnswers(iccid: string): ExpectedAnswers<DataSession | undefined> {
  const time = z.nullish(z.string().check(z.refine((text) => utcOf(text) !== undefined, 'not a time')));
  return {
    200: z.pipe(
      z
        .object({
          iccid: iccidSchema,
          ipAddress: z.nullish(z.union([z.ipv4(), z.ipv6()])),
          dateSessionStarted: time,
          dateSessionEnded: time,
          carrier: z.nullish(z.string().check(z.maxLength(100))),
          rat: z.nullish(z.string().check(z.maxLength(40))),
        })
        .check(z.refine((session) => session.iccid === iccid, 'another SIM')),
      z.transform(({ ipAddress, dateSessionStarted, dateSessionEnded, carrier, rat }): DataSession => {
        const [started, ended] = [dateSessionStarted, dateSessionEnded].map(utcOf);
        const isConnected = started !== undefined && (ended === undefined || ended < started);
        const since = isConnected ? started : ended;
        return {
          status: isConnected ? 'connected' : ended === undefined ? 'unknown' : 'disconnected',
          ...(since === undefined ? {} : { since }),
          ...(isConnected ? { network: carrier ?? undefined, rat: rat ?? undefined, ip: ipAddress ?? undefined } : {}),
        };
      }),
    ),
    404: errorWith([codes.unknownSim], undefined),
  };
}

/** A time of the operator, such as `2026-04-20 10:59:59.000+0000`, in RFC 3339; `undefined` when there is none, or it is not one. */
function utcOf(time: string | null | undefined): string | undefined {
  const ms = Date.parse(time?.replace(' ', 'T').replace(/([+-]\d\d)(\d\d)$/, '$1:$2') ?? '');
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

/** The bytes that a SIM used in a range of days, in one sum. `undefined`: the operator does not know the SIM. */
export function usageOfDaysAnswers(
  iccid: string,
  { startDate, endDate }: { startDate: string; endDate: string },
): ExpectedAnswers<number | undefined> {
  const dates = { startDate: z.optional(z.literal(startDate)), endDate: z.optional(z.literal(endDate)) };
  return {
    200: z.pipe(
      z
        .object({ iccid: iccidSchema, dataUsage: recordBytes(), ...dates })
        .check(z.refine((usage) => usage.iccid === iccid, 'another SIM')),
      z.transform(({ dataUsage }) => dataUsage),
    ),
    404: errorWith([codes.unknownSim], undefined),
  };
}

/** A page of the SIMs that have changed since a time. `leftOut` names the entries that cannot be read. */
export type ChangedSims = {
  sims: { iccid: string; status: SimAnswer['status'] }[];
  leftOut: { name: string; problem: string }[];
  isLast: boolean;
};

/**
 * A page, which must have the requested number; `out of range`: the operator lists no changes since that time. A page in which every
 * entry is unreadable is rejected as a whole.
 */
export function changedSimsAnswers(pageNumber: number): ExpectedAnswers<ChangedSims | 'out of range'> {
  return {
    200: z.pipe(
      z.object({ pageNumber: z.literal(pageNumber), lastPage: z.boolean(), devices: z.array(z.unknown()) }),
      z.transform(({ lastPage, devices }, context): ChangedSims => {
        const read = readDevices(devices);
        const [first] = read.leftOut;
        if (first && read.sims.length === 0) {
          context.issues.push({ code: 'custom', path: ['devices', 0], message: first.problem, input: devices });
        }
        return { ...read, isLast: lastPage };
      }),
    ),
    400: errorWith([codes.sinceTooEarly, codes.sinceInFuture], 'out of range' as const),
  };
}

const listedSchema = z.lazy(() => z.object({ iccid: iccidSchema, status: z.string() }));

function readDevices(devices: readonly unknown[]): Omit<ChangedSims, 'isLast'> {
  const read: Omit<ChangedSims, 'isLast'> = { sims: [], leftOut: [] };
  for (const [place, device] of devices.entries()) {
    const { data } = listedSchema.safeParse(device);
    const status = data && statusFrom(data.status);
    if (data && status !== undefined) {
      read.sims.push({ iccid: data.iccid, status });
    } else {
      read.leftOut.push({
        name: data?.iccid.slice(0, MAX_NAME) ?? `entry ${place + 1}`,
        problem: data ? unknownStatus(data.status) : 'no ICCID or status',
      });
    }
  }
  return read;
}

import * as z from 'zod/mini';
import en from 'zod/v4/locales/en.js';
import { type LeftOutSim, normalizeDeliveredSim } from '../../domain/delivered-sim.ts';
import { isIccid } from '../../domain/iccid.ts';
import type {
  CancelAnswer,
  DeliveredSim,
  DeliveredSimsPage,
  OperatorOrderStatus,
  SimAnswer,
  SubmissionAnswer,
  UsagePage,
} from '../../domain/operator-port.ts';
import { usageRecordSchema } from '../../domain/usage-record.ts';

// Without it the log says of every nonsense that the input is invalid.
z.config(en());

/**
 * What an operator may answer to one request: a schema for each documented status, which turns the body into the
 * port's own words. Fields that are not known are passed over; anything else that does not fit is nonsense.
 */
export type ExpectedAnswers<T> = Readonly<Record<number, z.ZodMiniType<T>>>;

const shortText = z.lazy(() => z.string().check(z.maxLength(500)));

const refusalSchema = z.lazy(() => z.object({ code: z.string(), reason: shortText }));

function orderSchema(orderId: string) {
  return z.object({
    orderId: z.literal(orderId),
    operatorReference: z.string().check(z.minLength(1), z.maxLength(100)),
    status: z.enum(['accepted', 'processing', 'dispatched', 'delivered', 'rejected', 'cancelled']),
    trackingReference: z.exactOptional(shortText),
    deliveredQuantity: z.exactOptional(z.int().check(z.minimum(0))),
    reason: z.exactOptional(shortText),
  });
}

/**
 * An order that was taken, then or before, whatever came of it since; or one that the operator does not take, because
 * it says so or because it cannot make sense of it (422).
 */
export function submissionAnswers(orderId: string): ExpectedAnswers<SubmissionAnswer> {
  const order = z.pipe(
    orderSchema(orderId),
    z.transform(
      ({ status, operatorReference, reason }): SubmissionAnswer =>
        status === 'rejected'
          ? { outcome: 'rejected', reason: reason ?? 'No reason given' }
          : { outcome: 'accepted', operatorReference },
    ),
  );
  return {
    200: order,
    201: order,
    422: z.pipe(
      refusalSchema,
      z.transform(({ reason }): SubmissionAnswer => ({ outcome: 'rejected', reason })),
    ),
  };
}

export function orderStatusAnswers(orderId: string): ExpectedAnswers<OperatorOrderStatus> {
  return {
    200: z.pipe(
      orderSchema(orderId).check(
        z.refine(({ status, deliveredQuantity }) => status !== 'delivered' || deliveredQuantity !== undefined, {
          path: ['deliveredQuantity'],
          error: 'a delivered order says how many SIMs',
        }),
      ),
      z.transform(({ orderId: _, operatorReference: __, ...said }): OperatorOrderStatus => said),
    ),
  };
}

/** A 404 counts only with the operator's own code: another one comes from a wrong address, and says nothing of the order. */
export function cancelAnswers(orderId: string): ExpectedAnswers<CancelAnswer> {
  return {
    200: z.pipe(
      z.object({ orderId: z.literal(orderId), status: z.literal('cancelled') }),
      z.transform((): CancelAnswer => ({ outcome: 'cancelled' })),
    ),
    409: z.pipe(
      refusalSchema,
      z.transform(({ reason }): CancelAnswer => ({ outcome: 'refused', reason })),
    ),
    404: z.pipe(
      z.object({ code: z.literal('unknown_order') }),
      z.transform((): CancelAnswer => ({ outcome: 'unknown' })),
    ),
  };
}

const deliveredSimSchema = z.lazy(() =>
  z.object({
    iccid: z.string().check(z.refine(isIccid, 'not an ICCID')),
    imsi: z.string().check(z.regex(/^\d{14,15}$/, 'not an IMSI')),
    msisdn: z.exactOptional(z.string().check(z.regex(/^\+[1-9]\d{6,14}$/, 'not a number as E.164 has it'))),
  }),
);

/**
 * A page of SIMs, each once. The cursor that was asked with must not come back: it would lead round in a circle. A SIM that
 * cannot be read is left out and named: it would not be readable the next time either, and the order would wait for it. A
 * delivery whose first page has no readable SIM is rejected as a whole.
 */
export function deliveredSimsAnswers(cursor: string | undefined): ExpectedAnswers<DeliveredSimsPage> {
  return {
    200: z.pipe(
      z.object({
        sims: z.pipe(
          z.array(z.unknown()),
          z.transform((listed, context): Pick<DeliveredSimsPage, 'sims' | 'leftOut'> => {
            const read = readDeliveredSims(listed);
            const [first] = read.leftOut;
            if (cursor === undefined && first && read.sims.length === 0) {
              context.issues.push({ code: 'custom', path: [0], message: first.problem, input: listed });
            }
            return read;
          }),
        ),
        nextCursor: z.exactOptional(
          z.string().check(
            z.minLength(1),
            z.maxLength(1000),
            z.refine((next) => next !== cursor, 'the cursor that was asked with'),
          ),
        ),
      }),
      z.transform(({ sims, ...page }): DeliveredSimsPage => ({ ...page, ...sims })),
    ),
  };
}

/** A SIM that is listed twice counts once; one that is listed with two IMSIs is ambiguous and left out. */
function readDeliveredSims(listed: readonly unknown[]): Pick<DeliveredSimsPage, 'sims' | 'leftOut'> {
  const sims = new Map<string, DeliveredSim>();
  const leftOut = new Map<string, string>();
  for (const [place, entry] of listed.entries()) {
    const { data, error } = deliveredSimSchema.safeParse(normalizeDeliveredSim(entry));
    if (!data) {
      const [issue] = error.issues;
      leftOut.set(nameOf(entry, place), [...(issue?.path ?? []), issue?.message].join(': '));
    } else if ((sims.get(data.iccid)?.imsi ?? data.imsi) !== data.imsi) {
      leftOut.set(data.iccid, 'listed with two IMSIs');
    } else {
      sims.set(data.iccid, sims.get(data.iccid) ?? data);
    }
  }
  return {
    sims: [...sims.values()].filter(({ iccid }) => !leftOut.has(iccid)),
    leftOut: [...leftOut].map(([name, problem]) => ({ name, problem })),
  };
}

/** What the operator calls a SIM, as far as it says; otherwise where it is in the page. */
function nameOf(entry: unknown, place: number): string {
  const { iccid }: { iccid?: unknown } = Object(entry);
  return typeof iccid === 'string' && /^[\x21-\x7e]{1,40}$/.test(iccid) ? iccid : `entry ${place + 1}`;
}

/**
 * A page of usage. Behind its last record the cursor leads to what is used later. A record that makes no sense does not
 * spoil the page: it would make none the next time either, and those behind it would wait for ever.
 */
export function usageAnswers(): ExpectedAnswers<UsagePage> {
  return {
    200: z.pipe(
      z.object({
        records: z.array(z.unknown()),
        nextCursor: z.string().check(z.minLength(1), z.maxLength(1000)),
      }),
      z.transform(({ records, nextCursor }): UsagePage => ({ ...readRecords(records), nextCursor })),
    ),
  };
}

/** The records of a list, and apart from them those that make no sense. */
export function readRecords(sent: readonly unknown[]): Pick<UsagePage, 'records' | 'unreadable'> {
  const read = sent.map((record) => ({ record, checked: usageRecordSchema.safeParse(record) }));
  return {
    records: read.flatMap(({ checked }) => checked.data ?? []),
    unreadable: read.flatMap(({ record, checked }, place) => {
      const [issue] = checked.error?.issues ?? [];
      return issue ? [{ record, problem: `${['records', place, ...issue.path].join('.')}: ${issue.message}` }] : [];
    }),
  };
}

const simAnswerSchema = z.lazy(() =>
  z.object({
    iccid: z.string(),
    status: z.enum(['barred', 'pending', 'active', 'refused', 'terminated']),
    reason: z.exactOptional(shortText),
  }),
);

/** What an operator answered about the SIMs of a batch; `leftOut` names the SIMs without a usable answer. */
export type SimAnswers = { answers: SimAnswer[]; leftOut: LeftOutSim[] };

/**
 * Answers about the SIMs of a batch, each once. An entry that cannot be read leaves its own SIM without an answer, as if
 * the operator had not mentioned it. An answer whose every entry is unreadable is rejected as a whole.
 *
 * @param all whether the operator must answer for every SIM; otherwise it omits SIMs that it does not know.
 */
export function simAnswers(asked: readonly string[], { all }: { all: boolean }): ExpectedAnswers<SimAnswers> {
  return {
    200: z.pipe(
      z.object({ sims: z.array(z.unknown()) }),
      z.transform(({ sims }, context): SimAnswers => {
        const read = readSimAnswers(sims, asked, all);
        const [first] = read.leftOut;
        if (first && read.answers.length === 0) {
          context.issues.push({ code: 'custom', path: ['sims', 0], message: first.problem, input: sims });
        }
        return read;
      }),
    ),
  };
}

function readSimAnswers(listed: readonly unknown[], asked: readonly string[], all: boolean): SimAnswers {
  const batch = new Set(asked);
  const answers = new Map<string, SimAnswer>();
  const leftOut = new Map<string, string>();
  for (const [place, entry] of listed.entries()) {
    const { data, error } = simAnswerSchema.safeParse(entry);
    if (!data) {
      const [issue] = error.issues;
      leftOut.set(nameOf(entry, place), [...(issue?.path ?? []), issue?.message].join(': '));
    } else if (!batch.has(data.iccid)) {
      leftOut.set(nameOf(entry, place), 'iccid: a SIM that was not asked for');
    } else if ((answers.get(data.iccid)?.status ?? data.status) !== data.status) {
      leftOut.set(data.iccid, 'contradicts an earlier entry');
    } else {
      answers.set(data.iccid, answers.get(data.iccid) ?? data);
    }
  }
  const missing = all ? asked.filter((iccid) => !answers.has(iccid) && !leftOut.has(iccid)) : [];
  return {
    answers: [...answers.values()].filter(({ iccid }) => !leftOut.has(iccid)),
    leftOut: [...leftOut, ...missing.map((iccid) => [iccid, 'missing'] as const)].map(([name, problem]) => ({
      name,
      problem,
    })),
  };
}

import * as z from 'zod/mini';
import en from 'zod/v4/locales/en.js';
import type { LeftOutSim } from '../../../domain/delivered-sim.ts';
import type { CheckDigitRule } from '../../../domain/iccid.ts';
import type { OrderId } from '../../../domain/ids.ts';
import type {
  CancelAnswer,
  DeliveredSimsPage,
  OperatorOrderStatus,
  SimAnswer,
  SimDetails,
  SubmissionAnswer,
  UsagePage,
} from '../../../domain/operator-port.ts';
import { usageRecordSchema } from '../../../domain/usage-record.ts';
import { deliveredSimsSchema, nameOf } from '../delivered-sims.ts';
import { numbersIn } from '../sim-numbers.ts';
import type { ExpectedAnswers } from '../transport.ts';

// Without a locale, every problem is logged as "Invalid input".
z.config(en());

const shortText = z.lazy(() => z.string().check(z.maxLength(500)));

const refusalSchema = z.lazy(() => z.object({ code: z.string(), reason: shortText }));

function orderSchema(orderId: OrderId) {
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
 * The answers to a submission. The operator accepted the order, now or earlier, regardless of its status since then; or it rejects
 * the order, by its status or with 422.
 */
export function submissionAnswers(orderId: OrderId): ExpectedAnswers<SubmissionAnswer> {
  const order = z.pipe(
    orderSchema(orderId),
    z.transform(
      ({ status, operatorReference, reason }): SubmissionAnswer =>
        status === 'rejected'
          ? { outcome: 'rejected', reason: reason ?? 'The operator gave no reason.' }
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

export function orderStatusAnswers(orderId: OrderId): ExpectedAnswers<OperatorOrderStatus> {
  return {
    200: z.pipe(
      orderSchema(orderId).check(
        z.refine(({ status, deliveredQuantity }) => status !== 'delivered' || deliveredQuantity !== undefined, {
          path: ['deliveredQuantity'],
          error: 'required when the order is delivered',
        }),
      ),
      z.transform(({ orderId: _, operatorReference: __, ...status }): OperatorOrderStatus => status),
    ),
  };
}

/** A 404 counts only with the operator's own code. Any other 404 comes from a wrong URL and says nothing about the order. */
export function cancelAnswers(orderId: OrderId): ExpectedAnswers<CancelAnswer> {
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

/** A page of delivered SIMs. The cursor of the request must not come back, which would loop. */
export function deliveredSimsAnswers(
  checkDigit: CheckDigitRule,
  cursor: string | undefined,
): ExpectedAnswers<DeliveredSimsPage> {
  return {
    200: z.pipe(
      z.object({
        sims: deliveredSimsSchema(checkDigit, cursor === undefined),
        nextCursor: z.exactOptional(
          z.string().check(
            z.minLength(1),
            z.maxLength(1000),
            z.refine((next) => next !== cursor, 'equal to the cursor of the request'),
          ),
        ),
      }),
      z.transform(({ sims, ...page }): DeliveredSimsPage => ({ ...page, ...sims })),
    ),
  };
}

/**
 * A page of usage. The cursor of the last page leads to later usage. An unreadable record is reported without rejecting the page:
 * it would not be readable the next time either, and would block the records after it.
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

/** Separates the valid usage records of a list from the unreadable ones. */
export function readRecords(listed: readonly unknown[]): Pick<UsagePage, 'records' | 'unreadable'> {
  const read = listed.map((record) => ({ record, checked: usageRecordSchema.safeParse(record) }));
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

/** The answers of an operator about the SIMs of a batch; `leftOut` names the SIMs without a usable answer. */
export type SimAnswers = { answers: SimAnswer[]; leftOut: LeftOutSim[] };

/**
 * Answers about the SIMs of a batch, each once. An unreadable entry leaves only its own SIM without an answer. An answer in which
 * every entry is unreadable is rejected as a whole.
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

/** What an operator has on the SIMs of a batch. A SIM that a readable answer does not show is unknown to the operator. */
export function simDetailsAnswers(
  asked: readonly string[],
): ExpectedAnswers<{ details: SimDetails[]; leftOut: LeftOutSim[] }> {
  return {
    200: z.pipe(
      z.object({ sims: z.array(z.unknown()) }),
      z.transform(({ sims }, context) => {
        const { answers, leftOut } = readSimAnswers(sims, asked, false);
        const [first] = leftOut;
        if (first && answers.length === 0) {
          context.issues.push({ code: 'custom', path: ['sims', 0], message: first.problem, input: sims });
        }
        const statuses = new Map(answers.map(({ iccid, status }) => [iccid, status]));
        const entries = new Map(sims.map((entry, place) => [nameOf(entry, place), entry]));
        const isUnreadable = new Set(leftOut.map(({ name }) => name));
        const details = asked.flatMap((iccid): SimDetails[] => {
          const status = statuses.get(iccid);
          if (status === undefined) {
            return isUnreadable.has(iccid) ? [] : [{ iccid, status: 'unknown' }];
          }
          const { numbers, problems } = numbersIn(entries.get(iccid));
          leftOut.push(...problems.map((problem) => ({ name: iccid, problem })));
          return [{ iccid, status, ...numbers }];
        });
        return { details, leftOut };
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
      leftOut.set(nameOf(entry, place), 'iccid: not a SIM of the request');
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

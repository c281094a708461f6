import { clock } from '../../adapters/clock.ts';
import { ConditionFailed } from '../../adapters/dynamodb/conditions.ts';
import {
  dropSubmission,
  endSubmission,
  getSubmission,
  repeatSubmission,
  startSubmission,
} from '../../adapters/dynamodb/order-submissions.ts';
import { getOrder, type OrderRecord } from '../../adapters/dynamodb/orders.ts';
import { correlation, logger } from '../../adapters/telemetry/logger.ts';
import type { PartnerId } from '../../domain/ids.ts';
import {
  type OperatorGateway,
  OperatorUnavailable,
  type OrderSubmission as OrderToSend,
  type SubmissionAnswer,
} from '../../domain/operator-port.ts';
import type { OrderStep } from '../../domain/order.ts';
import { markOrderAccepted, markOrderRejected, markOrderSent, markOutcomeUnknown } from '../../domain/order-steps.ts';
import {
  isLookUpOverdue,
  type OpenSubmission,
  outcomeOfSubmission,
  searchedSince,
} from '../../domain/order-submission.ts';
import { applyOrderStep } from './apply-order-step.ts';

/** The operator's orders as far as a submission needs them. */
type Operator = Pick<OperatorGateway, 'submitOrder' | 'ordersSince'>;

/** What is recorded about submissions. Tests replace it. */
export type Submissions = {
  now(): Date;
  /** The submission under way at the operator, of this order or another one. */
  current(): Promise<OpenSubmission | undefined>;
  /** Records the order as sent. @returns false when it must not be sent. */
  start(submission: OpenSubmission): Promise<boolean>;
  repeat(submission: OpenSubmission, sentAt: string): Promise<boolean>;
  /** Ends a submission of another order if its outcome no longer counts. */
  drop(submission: OpenSubmission): Promise<void>;
};

/** The operator's answer to an order. `unknown`: the platform's staff have to ask. `not_sent`: the order must not be sent. */
export type SubmissionOutcome = SubmissionAnswer | { outcome: 'unknown' | 'not_sent' };

/**
 * Submits an order to an operator that cannot recognise a repeated submission, at most once.
 *
 * 1. Record the order as sent, with the orders that the operator has already. Only one order is on its way to an operator at a time.
 * 2. Send it.
 * 3. If an earlier attempt got no answer, look for the order first. Send it again only if the operator does not have it and it can
 *    no longer arrive. If the operator's orders do not show which one is ours, or cannot be read for a day, the outcome is unknown.
 *
 * @param sentBefore whether an earlier attempt recorded the order as sent.
 * @throws OperatorUnavailable while the outcome is open. The execution tries again later.
 */
export async function sendOnce(
  {
    order,
    partnerId,
    operatorId,
    sentBefore,
  }: Pick<OpenSubmission, 'partnerId' | 'operatorId'> & {
    order: OrderToSend;
    sentBefore: boolean;
  },
  operator: Operator,
  submissions: Submissions,
): Promise<SubmissionOutcome> {
  const current = await submissions.current();
  if (current && current.orderId !== order.orderId) {
    await submissions.drop(current);
    throw new OperatorUnavailable(`${operatorId}: waits until ${current.orderId} is submitted.`);
  }
  if (current) {
    return resume(order, current, operator, submissions);
  }
  if (sentBefore) {
    // The record of what the operator had before is gone.
    return { outcome: 'unknown' };
  }
  const now = submissions.now().toISOString();
  const before = await operator.ordersSince(searchedSince(now), []);
  const sent = await submissions.start({
    operatorId,
    partnerId,
    orderId: order.orderId,
    quantity: order.quantity,
    since: now,
    sentAt: now,
    known: before.map(({ operatorReference }) => operatorReference),
  });
  return sent ? operator.submitOrder(order) : { outcome: 'not_sent' };
}

/** Continues a submission that got no answer. */
async function resume(
  order: OrderToSend,
  current: OpenSubmission,
  operator: Operator,
  submissions: Submissions,
): Promise<SubmissionOutcome> {
  const now = submissions.now();
  let found: ReturnType<typeof outcomeOfSubmission>;
  try {
    found = outcomeOfSubmission(current, await operator.ordersSince(searchedSince(current.since), current.known), now);
  } catch (error) {
    if (error instanceof OperatorUnavailable && isLookUpOverdue(current, now)) {
      return { outcome: 'unknown' };
    }
    throw error;
  }
  switch (found.outcome) {
    case 'placed':
      return { outcome: 'accepted', operatorReference: found.operatorReference };
    case 'unknown':
      return { outcome: 'unknown' };
    case 'too_early':
      throw new OperatorUnavailable(`${order.orderId}: the operator has not confirmed the order yet.`);
    case 'not_placed':
      if (!(await submissions.repeat(current, now.toISOString()))) {
        throw new OperatorUnavailable(`${order.orderId}: another attempt is sending the order.`);
      }
      return operator.submitOrder(order);
  }
}

/** Submits an order with `sendOnce`, and records its outcome. @returns the order; `undefined` when it does not exist */
export async function submitUnrepeatableOrder(
  partnerId: PartnerId,
  record: OrderRecord,
  order: OrderToSend,
  operator: Operator,
): Promise<OrderRecord | undefined> {
  const { operatorId, sentAt } = record;
  const of = { order, partnerId, operatorId, sentBefore: sentAt !== undefined };
  const outcome = await sendOnce(of, operator, storedSubmissions(record));
  const at = clock.now().toISOString();
  const stepped = await applyOrderStep(
    partnerId,
    record.id,
    (current) => stepOf(current, outcome, at),
    () => (outcome.outcome === 'not_sent' ? [] : [endSubmission({ operatorId, orderId: record.id })]),
  );
  if (outcome.outcome === 'unknown') {
    logger.error('outcome of a submission unknown', { ...correlation(record.id), operatorId });
  }
  return stepped?.order;
}

function stepOf(order: OrderRecord, outcome: SubmissionOutcome, at: string): OrderStep | undefined {
  switch (outcome.outcome) {
    case 'accepted':
      return markOrderAccepted(order, outcome.operatorReference, at);
    case 'rejected':
      return markOrderRejected(order, outcome.reason, at);
    case 'unknown':
      return markOutcomeUnknown(order, at);
    case 'not_sent':
      return undefined;
  }
}

function storedSubmissions({ operatorId }: OrderRecord): Submissions {
  return {
    now: () => clock.now(),
    current: () => getSubmission(operatorId),
    async start(submission) {
      try {
        const { partnerId, orderId, sentAt } = submission;
        const step = (order: OrderRecord) => markOrderSent(order, sentAt);
        const stepped = await applyOrderStep(partnerId, orderId, step, () => [startSubmission(submission)]);
        return stepped?.taken === true;
      } catch (error) {
        if (error instanceof ConditionFailed) {
          throw new OperatorUnavailable(`${operatorId}: another order is on its way.`, { cause: error });
        }
        throw error;
      }
    },
    repeat: repeatSubmission,
    async drop(submission) {
      const other = await getOrder(submission.partnerId, submission.orderId);
      if (other?.state !== 'submitted') {
        await dropSubmission(submission);
      }
    },
  };
}

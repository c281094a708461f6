import type { OperatorId, OrderId } from '../../domain/ids.ts';
import type { OpenSubmission } from '../../domain/order-submission.ts';
import { absent, type Condition } from './conditions.ts';
import { itemKinds } from './item-kinds.ts';
import { get } from './reads.ts';
import { put, remove, update, type Write } from './write-requests.ts';
import { writeIf } from './writes.ts';

/** The order on its way to an operator, if any. */
export async function getSubmission(operatorId: OperatorId): Promise<OpenSubmission | undefined> {
  return get<OpenSubmission>(itemKinds.orderSubmission.key({ operatorId }));
}

/** The write that records an order as sent, on the condition that no other one is on its way. */
export function startSubmission(submission: OpenSubmission): Write {
  return put({ ...submission, ...itemKinds.orderSubmission.key({ operatorId: submission.operatorId }) }, absent);
}

/** Records that an order is sent again. @returns false when another attempt was faster. */
export async function repeatSubmission(
  { operatorId, orderId, sentAt: before }: OpenSubmission,
  sentAt: string,
): Promise<boolean> {
  const unchanged: Condition = {
    expression: '#orderId = :orderId AND #sentAt = :before',
    names: { '#orderId': 'orderId', '#sentAt': 'sentAt' },
    values: { ':orderId': orderId, ':before': before },
  };
  return writeIf(update(itemKinds.orderSubmission.key({ operatorId }), { set: { sentAt } }, unchanged));
}

/** The write that ends the submission of an order, if it has not ended. */
export function endSubmission({ operatorId, orderId }: Pick<OpenSubmission, 'operatorId' | 'orderId'>): Write {
  return remove(itemKinds.orderSubmission.key({ operatorId }), ofOrder(orderId));
}

/** Ends the submission of an order whose outcome no longer counts. */
export async function dropSubmission(submission: OpenSubmission): Promise<void> {
  await writeIf(endSubmission(submission));
}

const ofOrder = (orderId: OrderId): Condition => ({
  expression: `${absent.expression} OR #orderId = :orderId`,
  names: { '#orderId': 'orderId' },
  values: { ':orderId': orderId },
});

import { allOperators } from '../../adapters/dynamodb/operators.ts';
import { getOrder } from '../../adapters/dynamodb/orders.ts';
import { anyIccidProblem, isIccid } from '../../domain/iccid.ts';
import type { OrderId, PartnerId } from '../../domain/ids.ts';
import type { Selection, SimFilter } from '../../domain/operation.ts';
import { canStillReceiveSims, selectionProblem } from '../../domain/order.ts';
import { knownOperator } from '../known-operator.ts';
import { invalidInput, Refusal, unknownId } from '../refusal.ts';

/** The maximum number of invalid ICCIDs that a response lists. */
const MAX_ICCID_ERRORS = 50;

/** The SIMs that a request selects: exactly one of a list, an order and a filter. */
export type RequestedSelection = {
  iccids?: readonly string[] | undefined;
  orderId?: OrderId | undefined;
  filter?: SimFilter | undefined;
};

/** A selection, with its ICCIDs when the request lists them, and its size when it is known. */
export type ResolvedSelection = { selection: Selection; iccids?: readonly string[]; count?: number; pages?: number };

/**
 * Resolves the SIMs that a request selects.
 *
 * @param isScheduled whether the action starts later: then the SIMs of an order need not have arrived yet.
 * @throws Refusal `invalid_input` for an order or operator that does not exist and for invalid ICCIDs, `wrong_state` for an order without SIMs.
 */
export async function resolveSelection(
  partnerId: PartnerId,
  { iccids, orderId, filter = {} }: RequestedSelection,
  isScheduled: boolean,
): Promise<ResolvedSelection> {
  if (iccids) {
    await requireIccids(iccids);
    const distinct = [...new Set(iccids)];
    return { selection: { kind: 'list' }, iccids: distinct, count: distinct.length };
  }
  if (orderId === undefined) {
    if (filter.operatorId !== undefined) {
      await knownOperator(filter.operatorId, '/select/filter/operatorId');
    }
    return { selection: { kind: 'filter', filter } };
  }
  const order = await getOrder(partnerId, orderId);
  if (!order) {
    throw unknownId('/select/orderId', 'order', orderId);
  }
  const problem = selectionProblem(order);
  if (problem && isScheduled && canStillReceiveSims(order)) {
    return { selection: { kind: 'order', orderId } };
  }
  if (problem) {
    throw new Refusal('wrong_state', problem.detail);
  }
  return { selection: { kind: 'order', orderId }, count: order.receivedQuantity, pages: order.pages };
}

/** Reads the operators only for a number without a correct check digit, which some operators issue. */
async function requireIccids(iccids: readonly string[]): Promise<void> {
  const suspects = iccids.flatMap((iccid, index) => (isIccid(iccid) ? [] : [{ iccid, index }]));
  if (suspects.length === 0) {
    return;
  }
  const rules = [...new Set((await allOperators()).map((operator) => operator.iccid.checkDigit))];
  const errors = suspects.flatMap(({ iccid, index }) => {
    const problem = anyIccidProblem(iccid, rules);
    return problem === undefined
      ? []
      : [
          {
            pointer: `/select/iccids/${index}`,
            code: 'invalid_iccid',
            message: `${problem[0]?.toUpperCase()}${problem.slice(1)}.`,
          },
        ];
  });
  if (errors.length > 0) {
    throw invalidInput(errors.slice(0, MAX_ICCID_ERRORS));
  }
}

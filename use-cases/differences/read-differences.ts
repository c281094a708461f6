import { differencePosition, queryDifferences } from '../../adapters/dynamodb/differences.ts';
import type { Difference, DifferenceState } from '../../domain/difference.ts';
import type { OperatorId, PartnerId } from '../../domain/ids.ts';
import { fillPage, type PageRequest } from '../fill-page.ts';
import { requireKnownFilter } from '../known-operator.ts';

/** A page of the differences of all partners in a state, oldest first. @throws Refusal `invalid_input` */
export async function listDifferences(
  filter: {
    operatorId?: OperatorId | undefined;
    partnerId?: PartnerId | undefined;
    state?: DifferenceState | undefined;
  },
  page: PageRequest,
): Promise<{ items: Difference[]; next?: string }> {
  const { operatorId, partnerId, state = 'open' } = filter;
  await requireKnownFilter(operatorId);
  return fillPage(
    page,
    (limit, after) => queryDifferences(state, limit, after),
    (difference) =>
      (operatorId === undefined || difference.operatorId === operatorId) &&
      (partnerId === undefined || difference.partnerId === partnerId),
    differencePosition,
  );
}

import { formatCount } from '../../app/format.ts';
import { reportsOn } from '../desk-order/reports.ts';
import type { PartnerOrder } from '../desk-orders/queries.ts';
import { commonState } from './attention.ts';

/** The orders in a state that the staff work on, and the open tasks and differences: the first page of each list. */
export type DeskLists = {
  orders: readonly Listed<DeskOrder>[];
  tasks: Listed<AtOperator>;
  differences: Listed<AtOperator>;
};

type Listed<Item> = { items: readonly Item[]; nextCursor?: string };
type AtOperator = { operatorId: string };
type DeskOrder = AtOperator & Pick<PartnerOrder, 'state' | 'cancelRequestedBy' | 'progress'>;

/** The states of orders in which the staff have something to report. */
export const openOrderStates = ['submitted', 'accepted', 'processing', 'dispatched'] as const;

/** Kinds of work, in the order in which an order meets them. */
const kinds = ['accept', 'dispatch', 'deliver', 'task', 'difference'] as const;

type Kind = (typeof kinds)[number];

/** Work of one kind, with the list that shows it. */
export type Work = { kind: Kind; count: string; to: string };

type Item = AtOperator & { kind: Kind; state?: string };

/** What waits for the staff, over all operators. */
export function deskWork(lists: DeskLists): Work[] {
  return workOf(itemsIn(lists), partialKinds(lists));
}

/** What waits at each operator that has work, in the order of their ids. */
export function workByOperator(lists: DeskLists): { operatorId: string; work: Work[] }[] {
  const items = itemsIn(lists);
  const partial = partialKinds(lists);
  return [...new Set(items.map(({ operatorId }) => operatorId))].sort().map((operatorId) => ({
    operatorId,
    work: workOf(
      items.filter((item) => item.operatorId === operatorId),
      partial,
      operatorId,
    ),
  }));
}

/** The requested cancellation of an order is not counted with the orders: the open tasks include it. */
function itemsIn({ orders, tasks, differences }: DeskLists): Item[] {
  return [
    ...orders.flatMap(({ items }) =>
      items.flatMap((order) => {
        const kind = kindOf(order);
        return kind ? [{ kind, operatorId: order.operatorId, state: order.state }] : [];
      }),
    ),
    ...tasks.items.map(({ operatorId }) => ({ kind: 'task' as const, operatorId })),
    ...differences.items.map(({ operatorId }) => ({ kind: 'difference' as const, operatorId })),
  ];
}

/** What the staff usually report next about an order. */
function kindOf(order: DeskOrder): Kind | undefined {
  const [next] = reportsOn(order);
  return kinds.find((kind) => kind === next);
}

/** The kinds of work whose lists have more than one page. */
function partialKinds({ orders, tasks, differences }: DeskLists): ReadonlySet<Kind> {
  const isPartial = ({ nextCursor }: Listed<unknown>) => nextCursor !== undefined;
  return new Set([
    ...orders.filter(isPartial).flatMap(({ items }) => items.flatMap((order) => kindOf(order) ?? [])),
    ...(isPartial(tasks) ? (['task'] as const) : []),
    ...(isPartial(differences) ? (['difference'] as const) : []),
  ]);
}

function workOf(items: readonly Item[], partial: ReadonlySet<Kind>, operatorId?: string): Work[] {
  return kinds.flatMap((kind) => {
    const found = items.filter((item) => item.kind === kind);
    const count = formatCount({ count: found.length, isAtLeast: partial.has(kind) });
    return found.length === 0 ? [] : [{ kind, count, to: listOf(kind, found, operatorId) }];
  });
}

/** The list of the work, filtered as far as one filter shows all of it. */
function listOf(kind: Kind, items: readonly Item[], operatorId: string | undefined): string {
  const state = commonState(items.map((item) => ({ state: item.state ?? '' })));
  const filter = new URLSearchParams({ ...(state && { state }), ...(operatorId !== undefined && { operatorId }) });
  const path = kind === 'task' ? '/desk/tasks' : kind === 'difference' ? '/desk/differences' : '/desk/orders';
  return filter.size === 0 ? path : `${path}?${filter}`;
}

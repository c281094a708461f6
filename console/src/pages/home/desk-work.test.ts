import { describe, expect, it } from '@jest/globals';
import { orderStates } from '../../../../domain/order.ts';
import { reportsOn } from '../desk-order/reports.ts';
import { type DeskLists, deskWork, openOrderStates, workByOperator } from './desk-work.ts';

const progress = { received: 0, migrated: 0, assigned: 0, activated: 0, failed: 0 };

const order = (operatorId: string, state: (typeof orderStates)[number], more: object = {}) => ({
  operatorId,
  state,
  progress,
  ...more,
});

const nothing: DeskLists = { orders: [], tasks: { items: [] }, differences: { items: [] } };

describe('the work at the desk', () => {
  it('is read for the orders about which the staff report something', () => {
    const reported = orderStates.filter((state) => reportsOn({ state, progress }).length > 0);
    expect([...openOrderStates].sort()).toEqual(reported.sort());
  });

  it('is nothing without orders, tasks and differences', () => {
    expect(deskWork(nothing)).toEqual([]);
    expect(workByOperator(nothing)).toEqual([]);
  });

  it('is counted by what comes next, with the list that shows exactly it', () => {
    const lists: DeskLists = {
      orders: [
        { items: [order('portal', 'submitted'), order('a1', 'submitted')] },
        { items: [order('portal', 'accepted')] },
        { items: [order('portal', 'dispatched')] },
      ],
      tasks: { items: [{ operatorId: 'portal' }] },
      differences: { items: [{ operatorId: 'a1' }] },
    };
    expect(deskWork(lists)).toEqual([
      { kind: 'accept', count: '2', to: '/desk/orders?state=submitted' },
      { kind: 'dispatch', count: '1', to: '/desk/orders?state=accepted' },
      { kind: 'deliver', count: '1', to: '/desk/orders?state=dispatched' },
      { kind: 'task', count: '1', to: '/desk/tasks' },
      { kind: 'difference', count: '1', to: '/desk/differences' },
    ]);
    expect(workByOperator(lists)).toEqual([
      {
        operatorId: 'a1',
        work: [
          { kind: 'accept', count: '1', to: '/desk/orders?state=submitted&operatorId=a1' },
          { kind: 'difference', count: '1', to: '/desk/differences?operatorId=a1' },
        ],
      },
      {
        operatorId: 'portal',
        work: [
          { kind: 'accept', count: '1', to: '/desk/orders?state=submitted&operatorId=portal' },
          { kind: 'dispatch', count: '1', to: '/desk/orders?state=accepted&operatorId=portal' },
          { kind: 'deliver', count: '1', to: '/desk/orders?state=dispatched&operatorId=portal' },
          { kind: 'task', count: '1', to: '/desk/tasks?operatorId=portal' },
        ],
      },
    ]);
  });

  it('leads to the list of all orders when no state has them all', () => {
    const orders = [{ items: [order('a1', 'accepted')] }, { items: [order('a1', 'processing')] }];
    expect(deskWork({ ...nothing, orders })).toEqual([{ kind: 'dispatch', count: '2', to: '/desk/orders' }]);
  });

  it('counts a requested cancellation with the tasks, not with the orders', () => {
    const orders = [{ items: [order('a1', 'accepted', { cancelRequestedBy: 'usr_1' })] }];
    expect(deskWork({ ...nothing, orders })).toEqual([]);
  });

  it('is at least what the first page of a list has', () => {
    const orders = [{ items: [order('a1', 'submitted')], nextCursor: 'next' }, { items: [order('a1', 'accepted')] }];
    expect(deskWork({ ...nothing, orders }).map(({ count }) => count)).toEqual(['1+', '1']);
  });
});

import * as z from 'zod';
import { DAY_MS } from '../../domain/time-units.ts';
import type { Behaviour } from '../behaviour.ts';

/** The states that a change can request. */
export const targetStates = ['ACTIVE', 'PAUSE', 'DEACTIVATED', 'TERMINATED'] as const;

type TargetState = (typeof targetStates)[number];

/**
 * A stored request to change the state of subscriptions. Its progress and the states of the subscriptions are not stored: they
 * follow from the requests and the time.
 */
export const changeRequestSchema = z.strictObject({
  id: z.string(),
  createdAt: z.number(),
  completedAt: z.number().describe('Milliseconds since 1970; until then the request is in progress'),
  state: z.enum(targetStates),
  iccids: z.array(z.string()),
  /** The subscriptions that are not changed, and why. */
  refused: z.array(z.tuple([z.string(), z.string()])),
});

export type ChangeRequest = z.infer<typeof changeRequestSchema>;

/** The id of the next request: ids grow, and no two orders or changes share one. */
export function nextRequestId({ orders, changes }: { orders: { size: number }; changes: { length: number } }): string {
  return `REQ${String(1 + orders.size + changes.length).padStart(12, '0')}`;
}

/** Takes a request. `isOurs` tells whether an ICCID is one of the account's. */
export function createChange(
  { id, state, iccids }: Pick<ChangeRequest, 'id' | 'state' | 'iccids'>,
  context: { now: Date; behaviour: Behaviour; earlier: readonly ChangeRequest[]; isOurs: (iccid: string) => boolean },
): ChangeRequest {
  const { now, behaviour, earlier, isOurs } = context;
  const { activationDelayDays, changeDelayDays, refuseActivation, refuseChanges } = behaviour;
  const isActivation = state === 'ACTIVE';
  const blocked = new Set([...refuseChanges, ...(isActivation ? refuseActivation : [])]);
  const reasonFor = (iccid: string): string | undefined => {
    if (!isOurs(iccid)) {
      return 'The subscription does not exist';
    }
    if (stateOf(iccid, earlier, Number.POSITIVE_INFINITY) === 'TERMINATED') {
      return 'The subscription is terminated';
    }
    return blocked.has(iccid) ? 'The subscription cannot change its state' : undefined;
  };
  const days = isActivation ? Math.max(activationDelayDays, changeDelayDays) : changeDelayDays;
  return {
    id,
    state,
    iccids,
    createdAt: now.getTime(),
    completedAt: now.getTime() + days * DAY_MS,
    refused: iccids.flatMap((iccid): [string, string][] => {
      const reason = reasonFor(iccid);
      return reason === undefined ? [] : [[iccid, reason]];
    }),
  };
}

/** The state of a subscription at a time: that of the last completed request that changed it. SIMs are delivered deactivated. */
export function stateOf(iccid: string, requests: readonly ChangeRequest[], time: number): TargetState {
  return requests
    .filter(({ completedAt, iccids }) => completedAt <= time && iccids.includes(iccid))
    .filter(({ refused }) => !refused.some(([other]) => other === iccid))
    .reduce<TargetState>((_before, { state }) => state, 'DEACTIVATED');
}

/** The representation of a request, with a page of its subscriptions. */
export function changeBody(request: ChangeRequest, now: Date, start: number, perPage: number) {
  const { id, state, iccids, createdAt, completedAt } = request;
  const refused = new Map(request.refused);
  const isDone = now.getTime() >= completedAt;
  const done = isDone ? iccids.length - refused.size : 0;
  return {
    subscriptionRequestId: id,
    subscriptionRequestType: 'CHANGE_SUBSCRIPTIONSTATE',
    subscriptionRequestState: isDone ? (refused.size > 0 ? 'COMPLETED_WITH_FAILURES' : 'COMPLETED') : 'IN_PROGRESS',
    timeCreated: { epochSecond: Math.floor(createdAt / 1_000), nano: 0 },
    size: iccids.length,
    subscriptionRequestResourceCounters: {
      inProgress: isDone ? 0 : iccids.length,
      completed: done,
      failed: isDone ? refused.size : 0,
    },
    subscriptionRequestResources: iccids.slice(start, start + perPage).map((iccid) => {
      const reason = isDone ? refused.get(iccid) : undefined;
      return {
        resourceProperties: [
          { type: 'ICCID', value: iccid },
          { type: 'TARGET_SUBSCRIPTION_STATE', value: state, operation: 'SUBSCRIPTION_STATE_CHANGE' },
        ],
        resourceState: isDone ? (reason === undefined ? 'COMPLETED' : 'FAILED') : 'IN_PROGRESS',
        ...(reason === undefined
          ? {}
          : { resourceFailureInfos: [{ errorObject: { message: reason }, getErrorType: 'DCP_ERROR' }] }),
      };
    }),
  };
}

import type { TableChange } from '../../adapters/dynamodb/changes.ts';
import { seededRandom } from '../../adapters/seeded-random.ts';
import { showFiring } from '../../contract/alarm.ts';
import { showOperation } from '../../contract/operation.ts';
import { newId } from '../../domain/ids.ts';
import { type EventType, eventTypes, type PublicEvent } from '../../domain/webhook.ts';

/**
 * The event of a change; `undefined` when the contract has no event for it. The id is derived from the change, so that a
 * repeated change produces the same event.
 */
export function eventOf(change: TableChange): (PublicEvent & { type: EventType }) | undefined {
  const { type: internalType, at, subject, data } = describeChange(change);
  const type = eventTypes.find((known) => known === internalType);
  if (!type) {
    return undefined;
  }
  const { partnerId, place } = change;
  const id = newId('event', new Date(at), seededRandom(`${partnerId} ${subject} ${place}`));
  return { id, type, at, subject, place, data };
}

function describeChange(change: TableChange): { type: string; at: string; subject: string; data: PublicEvent['data'] } {
  switch (change.kind) {
    case 'order': {
      const { type, at, from, to, detail } = change.event;
      return { type, at, subject: change.orderId, data: { orderId: change.orderId, from, to, detail } };
    }
    case 'alarm': {
      const { type, at, alarmId } = change.firing;
      return { type, at, subject: alarmId, data: showFiring(change.firing) };
    }
    case 'customer': {
      const { type, at, customerId, name } = change.event;
      return { type, at, subject: customerId, data: { customerId, name } };
    }
    case 'operation': {
      const { id, finishedAt, partOf } = change.operation;
      // The steps of a replacement are its own affair.
      return {
        type: partOf === undefined ? 'operation.finished' : 'operation.step_finished',
        at: finishedAt,
        subject: id,
        data: showOperation(change.operation),
      };
    }
    case 'sim': {
      const { type, at, operationId, difference } = change.step;
      const { iccid, operatorId, orderId, state, partnerServiceId, customerId, customerServiceId, replacedBy } =
        change.sim;
      const owner = { partnerServiceId, customerId, customerServiceId };
      const data = {
        iccid,
        operatorId,
        orderId,
        state,
        ...owner,
        operationId,
        ...difference,
        ...(type === 'sim.replaced' ? { replacedBy } : {}),
      };
      return { type, at, subject: iccid, data };
    }
  }
}

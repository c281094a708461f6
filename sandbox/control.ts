import { isOperatorId } from '../domain/operator.ts';
import {
  type BehaviourRequest,
  behaviourSchema,
  type OwnChange,
  ownChangeSchema,
  shipmentSchema,
  type Usage,
  usageSchema,
} from './behaviour.ts';
import type { OperatorId } from './networks.ts';
import { type ApiAnswer, addUsage, type Context, refusal } from './operators-api.ts';
import { changeByItself, shipSims } from './own-changes.ts';
import type { Store } from './store.ts';

/** The control of the simulated operators, for their owner. */
export type Control = {
  /** Replaces the behaviour of an operator. Throws when the behaviour is invalid. */
  behave(operatorId: string, behaviour: BehaviourRequest): void;
  /** Records usage of a SIM. Throws when the usage is invalid. */
  recordUsage(operatorId: string, usage: Usage): void;
  /** Ships SIMs that were ordered by hand. Returns their list, `text/csv`. */
  shipSims(operatorId: string, quantity: number): ApiAnswer;
  /** Changes a SIM without a request. Returns false when it is not one of the operator's. */
  changeSim(operatorId: string, iccid: string, change: OwnChange): boolean;
};

export function controlOf(store: Store, now: () => Date): Control {
  return {
    behave(operatorId, behaviour) {
      store.books(knownOperator(operatorId)).behaviour = behaviourSchema.parse(behaviour);
      store.changed();
    },
    recordUsage(operatorId, usage) {
      addUsage(contextOf(store, now, operatorId), usageSchema.parse(usage));
      store.changed();
    },
    shipSims(operatorId, quantity) {
      const answer = shipSims(contextOf(store, now, operatorId), quantity);
      store.changed();
      return answer;
    },
    changeSim(operatorId, iccid, change) {
      const changed = changeByItself(contextOf(store, now, operatorId), iccid, ownChangeSchema.parse(change));
      store.changed();
      return changed;
    },
  };
}

/** Handles a control route of a standalone sandbox: `what` is its method and the path below the operator. */
export function answerControl(control: Control, operatorId: OperatorId, what: string, body: unknown): ApiAnswer {
  const iccid = /^POST sims\/(\d{18,20})$/.exec(what)?.[1];
  switch (iccid === undefined ? what : 'POST sims/{iccid}') {
    case 'PUT behaviour': {
      const behaviour = behaviourSchema.safeParse(body);
      if (!behaviour.success) {
        return refusal(422, 'invalid_behaviour', behaviour.error.message);
      }
      control.behave(operatorId, behaviour.data);
      return { status: 200, body: behaviour.data };
    }
    case 'POST usage': {
      const usage = usageSchema.safeParse(body);
      if (!usage.success) {
        return refusal(422, 'invalid_usage', usage.error.message);
      }
      control.recordUsage(operatorId, usage.data);
      return { status: 202, body: usage.data };
    }
    case 'POST sims': {
      const shipment = shipmentSchema.safeParse(body);
      return shipment.success
        ? control.shipSims(operatorId, shipment.data.quantity)
        : refusal(422, 'invalid_shipment', shipment.error.message);
    }
    case 'POST sims/{iccid}': {
      const change = ownChangeSchema.safeParse(body);
      if (!change.success) {
        return refusal(422, 'invalid_change', change.error.message);
      }
      return control.changeSim(operatorId, iccid ?? '', change.data)
        ? { status: 200, body: { iccid, ...change.data } }
        : refusal(404, 'unknown_sim', 'The operator has no SIM with this ICCID');
    }
    default:
      return refusal(
        404,
        'unknown_path',
        'The control routes are PUT behaviour, POST usage, POST sims and POST sims/{iccid}',
      );
  }
}

/** What an answer of an operator depends on. Throws when the id is malformed. */
export function contextOf(store: Store, now: () => Date, operatorId: string): Context {
  const id = knownOperator(operatorId);
  return { operatorId: id, books: store.books(id), now: now() };
}

function knownOperator(operatorId: string): OperatorId {
  if (!isOperatorId(operatorId)) {
    throw new Error(`${JSON.stringify(operatorId)} is not the id of an operator`);
  }
  return operatorId;
}

import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import type { Firing } from '../../domain/alarm.ts';
import type { CustomerEvent } from '../../domain/customer.ts';
import type { OrderId, PartnerId } from '../../domain/ids.ts';
import type { Operation } from '../../domain/operation.ts';
import type { OrderEvent } from '../../domain/order.ts';
import type { Sim, SimEvent } from '../../domain/sim.ts';
import { type Key, padded } from './item-kind.ts';
import { itemKinds } from './item-kinds.ts';
import { upgradeItem } from './item-shapes.ts';
import { decodeHistory } from './sim-history.ts';
import type { SimRecord } from './sims.ts';

/** A record of the table's stream. */
export type StreamRecord = DynamoDBRecord;

/** A change that may become an event. `place` orders the changes of one order, operation or SIM. */
export type TableChange = { partnerId: PartnerId; place: string } & (
  | { kind: 'order'; orderId: OrderId; event: OrderEvent }
  | { kind: 'alarm'; firing: Firing }
  | { kind: 'customer'; event: CustomerEvent }
  | { kind: 'operation'; operation: Operation & { finishedAt: string } }
  | { kind: 'sim'; sim: Sim; step: SimEvent }
);

/** The changes of orders, operations, SIMs, alarms and customers in a record. Other items yield none. */
export function changesIn({ dynamodb: images }: StreamRecord): TableChange[] {
  const key = imageOf<Key>(images?.NewImage);
  if (!key) {
    return [];
  }
  const orderEvent = itemKinds.orderEvent.parse(key);
  if (orderEvent) {
    const { partnerId, orderId, version, line } = orderEvent;
    const event = imageOf<OrderEvent>(images?.NewImage);
    return event ? [{ kind: 'order', partnerId, orderId, event, place: `${padded(version)}#${line}` }] : [];
  }
  const alarmFiring = itemKinds.alarmFiring.parse(key);
  if (alarmFiring) {
    const { partnerId, period, subject } = alarmFiring;
    const firing = imageOf<Firing>(images?.NewImage);
    return firing ? [{ kind: 'alarm', partnerId, firing, place: `${period}#${subject}` }] : [];
  }
  const customerEvent = itemKinds.customerEvent.parse(key);
  if (customerEvent) {
    const event = imageOf<CustomerEvent>(images?.NewImage);
    return event ? [{ kind: 'customer', partnerId: customerEvent.partnerId, event, place: event.type }] : [];
  }
  const operation = itemKinds.operation.parse(key);
  if (operation) {
    return finishedOperation(operation.partnerId, images);
  }
  const sim = itemKinds.sim.parse(key);
  return sim ? simSteps(sim.partnerId, images) : [];
}

/**
 * The lane of a record. Records of one lane must be processed in their order: the timeline entries of an order, which are
 * separate items, or the versions of any other item.
 */
export function laneOf({ dynamodb }: StreamRecord): string {
  const key = { pk: dynamodb?.Keys?.pk?.S ?? '', sk: dynamodb?.Keys?.sk?.S ?? '' };
  return itemKinds.orderEvent.matches(key) ? key.pk : `${key.pk} ${key.sk}`;
}

type Images = StreamRecord['dynamodb'];

function finishedOperation(partnerId: PartnerId, images: Images): TableChange[] {
  const operation = imageOf<Operation>(images?.NewImage);
  const before = imageOf<Operation>(images?.OldImage);
  if (operation?.finishedAt === undefined || before?.finishedAt !== undefined) {
    return [];
  }
  const { finishedAt, version } = operation;
  return [{ kind: 'operation', partnerId, operation: { ...operation, finishedAt }, place: padded(version) }];
}

function simSteps(partnerId: PartnerId, images: Images): TableChange[] {
  const sim = imageOf<SimRecord>(images?.NewImage);
  const before = imageOf<SimRecord>(images?.OldImage);
  if (!sim) {
    return [];
  }
  return decodeHistory(sim, sim.history)
    .filter(({ version }) => version > (before?.version ?? 0))
    .map((step) => ({ kind: 'sim', partnerId, sim, step, place: padded(step.version) }));
}

/** Safe: the keys of the item show which file of this folder wrote it, and Lambda and the SDK use the same image format. */
function imageOf<T>(image: NonNullable<Images>['NewImage']): T | undefined {
  return image && (upgradeItem(unmarshall(image as Parameters<typeof unmarshall>[0])) as T);
}

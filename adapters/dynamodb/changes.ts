import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import type { Firing } from '../../domain/alarm.ts';
import type { Operation } from '../../domain/operation.ts';
import type { OrderEvent } from '../../domain/order.ts';
import type { Sim, SimEvent } from '../../domain/sim.ts';
import { upgradeItem } from './item-shapes.ts';
import { padded } from './keys.ts';
import { decodeHistory } from './sim-history.ts';
import type { SimRecord } from './sims.ts';

/** A record of the table's stream. */
export type StreamRecord = DynamoDBRecord;

/** A change that may become an event. `place` orders the changes of one order, operation or SIM. */
export type TableChange = { partnerId: string; place: string } & (
  | { kind: 'order'; orderId: string; event: OrderEvent }
  | { kind: 'alarm'; firing: Firing }
  | { kind: 'operation'; operation: Operation & { finishedAt: string } }
  | { kind: 'sim'; sim: Sim; step: SimEvent }
);

/** The changes of orders, operations, SIMs and alarms in a record. Other items yield none. */
export function changesIn({ dynamodb }: StreamRecord): TableChange[] {
  const now = imageOf<{ pk: string; sk: string }>(dynamodb?.NewImage);
  if (!now) {
    return [];
  }
  const [, partnerId = '', of = '', id = ''] = /^P#([^#]+)(?:#([A-Z]+)#(.+))?$/.exec(now.pk) ?? [];
  if (of === 'ORD' && now.sk.startsWith('EVT#')) {
    const event = imageOf<OrderEvent>(dynamodb?.NewImage);
    return event ? [{ kind: 'order', partnerId, orderId: id, event, place: now.sk.slice('EVT#'.length) }] : [];
  }
  if (of === 'ALM' && now.sk.startsWith('EVT#')) {
    const firing = imageOf<Firing>(dynamodb?.NewImage);
    return firing ? [{ kind: 'alarm', partnerId, firing, place: now.sk.slice('EVT#'.length) }] : [];
  }
  if (of === '' && now.sk.startsWith('OP#')) {
    return finishedOperation(partnerId, dynamodb);
  }
  return of === 'SIM' ? simSteps(partnerId, dynamodb) : [];
}

/**
 * The lane of a record. Records of one lane must be processed in their order: the timeline entries of an order, which are
 * separate items, or the versions of any other item.
 */
export function laneOf({ dynamodb }: StreamRecord): string {
  const { pk, sk } = dynamodb?.Keys ?? {};
  return pk?.S?.includes('#ORD#') ? pk.S : `${pk?.S} ${sk?.S}`;
}

type Images = StreamRecord['dynamodb'];

function finishedOperation(partnerId: string, images: Images): TableChange[] {
  const operation = imageOf<Operation>(images?.NewImage);
  const before = imageOf<Operation>(images?.OldImage);
  if (operation?.finishedAt === undefined || before?.finishedAt !== undefined) {
    return [];
  }
  const { finishedAt, version } = operation;
  return [{ kind: 'operation', partnerId, operation: { ...operation, finishedAt }, place: padded(version) }];
}

function simSteps(partnerId: string, images: Images): TableChange[] {
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

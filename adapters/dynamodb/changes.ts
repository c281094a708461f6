import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import type { Firing } from '../../domain/alarm.ts';
import type { Operation } from '../../domain/operation.ts';
import type { OrderEvent } from '../../domain/order.ts';
import type { Sim, SimEvent } from '../../domain/sim.ts';
import { upgraded } from './item-shapes.ts';
import { padded } from './keys.ts';
import { readHistory } from './sim-history.ts';
import type { SimRecord } from './sims.ts';

/** A change of the table that partners may be told of. `place` puts those of one order, operation or SIM into order. */
export type TableChange = { partnerId: string; place: string } & (
  | { kind: 'order'; orderId: string; event: OrderEvent }
  | { kind: 'alarm'; firing: Firing }
  | { kind: 'operation'; operation: Operation & { finishedAt: string } }
  | { kind: 'sim'; sim: Sim; step: SimEvent }
);

/** What a record of the table's stream says of orders, operations, SIMs and alarms; nothing for all else. */
export function changesIn({ dynamodb }: DynamoDBRecord): TableChange[] {
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
    return finished(partnerId, dynamodb);
  }
  return of === 'SIM' ? steps(partnerId, dynamodb) : [];
}

/**
 * Records of one lane are about the same thing and must be handled in their order: the lines of an order's timeline, which
 * are items of their own, or the versions of any other item.
 */
export function laneOf({ dynamodb }: DynamoDBRecord): string {
  const { pk, sk } = dynamodb?.Keys ?? {};
  return pk?.S?.includes('#ORD#') ? pk.S : `${pk?.S} ${sk?.S}`;
}

type Images = DynamoDBRecord['dynamodb'];

function finished(partnerId: string, images: Images): TableChange[] {
  const operation = imageOf<Operation>(images?.NewImage);
  const before = imageOf<Operation>(images?.OldImage);
  if (operation?.finishedAt === undefined || before?.finishedAt !== undefined) {
    return [];
  }
  const { finishedAt, version } = operation;
  return [{ kind: 'operation', partnerId, operation: { ...operation, finishedAt }, place: padded(version) }];
}

function steps(partnerId: string, images: Images): TableChange[] {
  const sim = imageOf<SimRecord>(images?.NewImage);
  const before = imageOf<SimRecord>(images?.OldImage);
  if (!sim) {
    return [];
  }
  return readHistory(sim, sim.history)
    .filter(({ version }) => version > (before?.version ?? 0))
    .map((step) => ({ kind: 'sim', partnerId, sim, step, place: padded(step.version) }));
}

/**
 * Safe as far as the keys say which file of this folder wrote the item; and the types of Lambda's events and of the SDK
 * name the same images.
 */
function imageOf<T>(image: NonNullable<Images>['NewImage']): T | undefined {
  return image && (upgraded(unmarshall(image as Parameters<typeof unmarshall>[0])) as T);
}

import * as z from 'zod';
import { DAY_MS } from '../../domain/time-units.ts';
import { cardAt } from '../cards.ts';
import { type ApiAnswer, type Context, deliveredCard } from '../operators-api.ts';
import { deliveredCards } from '../orders.ts';
import { error } from './errors.ts';

export const deviceStatuses = [
  'INVENTORY',
  'TEST_READY',
  'ACTIVATION_READY',
  'ACTIVATED',
  'DEACTIVATED',
  'RETIRED',
  'PURGED',
  'REPLACED',
] as const;

export type DeviceStatus = (typeof deviceStatuses)[number];

/** Statuses that only the operator can give to a SIM. */
const operatorsOwn: readonly DeviceStatus[] = ['PURGED', 'REPLACED'];
/** Statuses to which a SIM that was activated cannot return. */
const beforeActivation: readonly DeviceStatus[] = ['INVENTORY', 'TEST_READY', 'ACTIVATION_READY'];
/** Statuses that a SIM never leaves. */
const ends: readonly DeviceStatus[] = ['RETIRED', 'PURGED', 'REPLACED'];

const instant = z.number().describe('Milliseconds since 1970, UTC');

/** A stored SIM that has changed since its delivery. */
export const deviceSchema = z.strictObject({
  iccid: z.string(),
  status: z.enum(deviceStatuses),
  changedAt: instant,
  activatedAt: instant.optional(),
  next: z
    .strictObject({
      status: z.enum(deviceStatuses),
      at: instant,
      refused: z.boolean().describe('Whether nothing will change at that time'),
    })
    .optional()
    .describe('A scheduled change'),
});

export type Device = z.infer<typeof deviceSchema>;

/** The SIM of an account at this time; `undefined` for other ICCIDs. SIMs are delivered ready to be activated. */
export function deviceNow(context: Context, iccid: string): Device | undefined {
  const delivered = deliveredCard(context, iccid);
  if (!delivered) {
    return undefined;
  }
  const { outcome } = delivered.order;
  const changedAt = 'rejected' in outcome ? 0 : outcome.deliveredAt;
  const stored = context.books.devices.get(iccid) ?? { iccid, status: 'ACTIVATION_READY' as const, changedAt };
  const { next } = stored;
  return next && !next.refused && next.at <= context.now.getTime() ? withStatus(stored, next.status, next.at) : stored;
}

/** All SIMs of the account, in the order of their last change. */
export function devicesByChange(context: Context): Device[] {
  const { operatorId, books, now } = context;
  return [...books.orders.values()]
    .flatMap((order) => {
      const delivered = deliveredCards(order, now);
      return Array.from({ length: delivered?.quantity ?? 0 }, (_, place) => {
        const { iccid } = cardAt(operatorId, { block: delivered?.block ?? 0, place });
        return deviceNow(context, iccid) ?? [];
      }).flat();
    })
    .sort((one, other) => one.changedAt - other.changedAt);
}

function withStatus({ iccid, activatedAt }: Device, status: DeviceStatus, at: number): Device {
  const activation = activatedAt ?? (status === 'ACTIVATED' ? at : undefined);
  return { iccid, status, changedAt: at, ...(activation === undefined ? {} : { activatedAt: activation }) };
}

/** Changes the status at once, without a request. */
export function changeDeviceNow(context: Context, iccid: string, status: DeviceStatus): void {
  const device = deviceNow(context, iccid);
  if (device) {
    context.books.devices.set(iccid, withStatus(device, status, context.now.getTime()));
  }
}

/** Requests a status for a SIM: done at once, scheduled, or refused. A scheduled change to the same status keeps its time. */
export function requestStatus({ books, now }: Context, device: Device, status: string): ApiAnswer {
  const target = deviceStatuses.find((each) => each === status);
  if (target === undefined || operatorsOwn.includes(target)) {
    return error(400, '10000005', 'Invalid status value');
  }
  const { iccid } = device;
  if (device.status === target) {
    return error(400, '10030000', `The SIM is already ${target}`);
  }
  const cannotReturn = device.activatedAt !== undefined && beforeActivation.includes(target);
  if (cannotReturn || ends.includes(device.status)) {
    return error(400, '10000029', `A SIM that is ${device.status} cannot become ${target}`);
  }
  const refused = error(400, '10000029', 'The SIM cannot change its status');
  if (device.next?.status === target) {
    return device.next.at > now.getTime() ? { status: 202, body: { iccid } } : refused;
  }
  const { refuseChanges, refuseActivation, changeDelayDays, activationDelayDays } = books.behaviour;
  const isActivation = target === 'ACTIVATED';
  const isRefused = refuseChanges.includes(iccid) || (isActivation && refuseActivation.includes(iccid));
  const days = isActivation ? Math.max(activationDelayDays, changeDelayDays) : changeDelayDays;
  if (days === 0) {
    if (isRefused) {
      return refused;
    }
    books.devices.set(iccid, withStatus(device, target, now.getTime()));
    return { status: 200, body: { iccid }, changed: 'sims' };
  }
  const next = { status: target, at: now.getTime() + days * DAY_MS, refused: isRefused };
  books.devices.set(iccid, { ...device, next });
  return { status: 202, body: { iccid }, changed: 'sims' };
}

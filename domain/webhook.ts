import ipaddr from 'ipaddr.js';
import { DAY_MS, MINUTE_MS } from './durations.ts';
import type { Problem } from './verdict.ts';

/** What partners are told of: the contract's types of events. */
export const eventTypes = [
  'order.accepted',
  'order.dispatched',
  'order.delivered',
  'order.shortfall',
  'order.fulfilled',
  'order.cancelled',
  'order.rejected',
  'order.failed',
  'operation.finished',
  'sim.activated',
  'sim.suspended',
  'sim.activation_failed',
  'sims.waiting_in_holding',
  'alarm.fired',
] as const;

export type EventType = (typeof eventTypes)[number];

/** Asked for by hand, to see whether a webhook works; sent whatever the webhook is for. */
export const TEST_EVENT = 'webhook.test';

/** A change that partners are told of, as it is sent. */
export type PublicEvent = {
  /** Comes from the change itself: the same whenever the change is told again. */
  id: string;
  type: EventType | typeof TEST_EVENT;
  at: string;
  /** What it is about: events of one subject are delivered in their order. */
  subject: string;
  /** Its place among the events of its subject; sorts as text. */
  place: string;
  data: Readonly<Record<string, unknown>>;
};

/** Where a partner is told of events. */
export type Webhook = {
  id: string;
  url: string;
  /** Types of events, or `order.*` for all of a kind, or `*` for all. */
  events: readonly string[];
  enabled: boolean;
  /** Why the system does not send to it any more. */
  disabled?: Problem & { at: string };
  createdAt: string;
  updatedAt: string;
  version: number;
};

/** What events are signed with; and the secret before, as long as that is good, too. */
export type WebhookSecrets = { secret: string; previous?: { secret: string; until: string } };

/** A new secret: the one before is good for a day more, so that a receiver can change when it likes. */
export function rotateSecret({ secret: former }: WebhookSecrets, secret: string, now: Date): WebhookSecrets {
  return { secret, previous: { secret: former, until: new Date(now.getTime() + DAY_MS).toISOString() } };
}

/** The secrets with which events are signed at a moment. */
export function validSecrets({ secret, previous }: WebhookSecrets, now: Date): string[] {
  return [secret, ...(previous && now.toISOString() < previous.until ? [previous.secret] : [])];
}

/** How many webhooks a partner can have: each change is written out for each of them. */
export const MAX_WEBHOOKS = 20;

export const deliveryStates = ['pending', 'delivered', 'failed'] as const;

/** An event on its way to a webhook. */
export type Delivery = {
  id: string;
  eventId: string;
  type: PublicEvent['type'];
  subject: string;
  place: string;
  state: (typeof deliveryStates)[number];
  attempts: number;
  /** What the receiver last answered, or why it did not. */
  lastStatus?: number;
  lastError?: string;
  lastAttemptAt?: string;
  nextAttemptAt?: string;
  /** After this it is tried no more. */
  until: string;
  createdAt: string;
  deliveredAt?: string;
};

const kinds = [...new Set(eventTypes.map((type) => type.slice(0, type.indexOf('.'))))];

/** What a webhook can ask for. */
export const eventPatterns: readonly string[] = ['*', ...kinds.map((kind) => `${kind}.*`), ...eventTypes];

/** Whether a webhook asked for events of a type. */
export function matchesType({ events }: Pick<Webhook, 'events'>, type: PublicEvent['type']): boolean {
  return events.some(
    (pattern) =>
      pattern === '*' || pattern === type || (pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1))),
  );
}

/** Whether a webhook gets an event: one of a type that it asked for, which happened since the webhook was made. */
export function subscribesTo(
  webhook: Pick<Webhook, 'events' | 'enabled' | 'createdAt'>,
  { type, at }: Pick<PublicEvent, 'at'> & { type: EventType },
): boolean {
  return webhook.enabled && webhook.createdAt <= at && matchesType(webhook, type);
}

/**
 * What must be delivered one after the other: the events of one order, operation or SIM. Those of an alarm are about many
 * SIMs, in no order.
 */
export function deliveryLaneOf({ subject, deliveryId }: { subject: string; deliveryId: string }): string {
  return subject.startsWith('alm_') ? deliveryId : subject;
}

/** How many requests a receiver gets at a time at first, and at most. */
export const FIRST_WINDOW = 4;
export const MAX_WINDOW = 64;

/** A receiver that takes longer than this, in milliseconds, has enough to do. */
const SLOW_MS = 1000;

/**
 * How many requests a receiver gets at a time after one more answer: one more when it took the event quickly, one fewer when
 * it was slow, half as many when it did not take it.
 */
export function nextWindow(window: number, { ok, tookMs }: { ok: boolean; tookMs: number }): number {
  if (!ok) {
    return Math.max(1, Math.floor(window / 2));
  }
  return tookMs > SLOW_MS ? Math.max(1, window - 1) : Math.min(MAX_WINDOW, window + 1);
}

const LONGEST_PAUSE_MS = 120 * MINUTE_MS;

/** After how long the next attempt is, in milliseconds: a minute, then twice as long each time, two hours at the most. */
export function backoffAfter(attempts: number): number {
  return Math.min(MINUTE_MS * 2 ** (attempts - 1), LONGEST_PAUSE_MS);
}

/** Until when an event is tried that is to be sent from now on: a day. */
export function deliveryDeadline(now: Date): string {
  return new Date(now.getTime() + DAY_MS).toISOString();
}

/** A receiver that took nothing for a day, while something was sent, gets nothing more. */
export function hasFailedTooLong(failingSince: string, now: Date): boolean {
  return now.getTime() - Date.parse(failingSince) >= DAY_MS;
}

/** A delivery after an attempt: done, to be tried again, or, after a day, given up. */
export function afterAttempt<D extends Delivery>(
  delivery: D,
  outcome: { ok: boolean; status?: number; error?: string },
  now: Date,
): D {
  const { lastStatus: _status, lastError: _error, nextAttemptAt: _next, ...rest } = delivery;
  const at = now.toISOString();
  const attempts = delivery.attempts + 1;
  const next = new Date(now.getTime() + backoffAfter(attempts)).toISOString();
  const isOver = at >= delivery.until;
  return {
    // Safe: what was taken off is optional in every delivery.
    ...(rest as D),
    attempts,
    lastAttemptAt: at,
    ...(outcome.status === undefined ? {} : { lastStatus: outcome.status }),
    ...(outcome.error === undefined ? {} : { lastError: outcome.error }),
    ...(outcome.ok
      ? { state: 'delivered', deliveredAt: at }
      : isOver
        ? { state: 'failed' }
        : { state: 'pending', nextAttemptAt: next }),
  };
}

/**
 * Whether an address belongs to the public internet: not to this machine, a private network, a link or a cloud's metadata.
 * An IPv6 address that embeds IPv4 addresses is as public as the least public of them.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) {
    return false;
  }
  const parsed = ipaddr.parse(address);
  if (parsed instanceof ipaddr.IPv4) {
    return parsed.range() === 'unicast';
  }
  const embedded = embeddedIn(parsed.toByteArray());
  return embedded.every(isPublicAddress) && (parsed.range() === 'unicast' || translatedRanges.includes(parsed.range()));
}

/** Ranges of IPv6 that lead to the IPv4 addresses embedded in them; every other special range is refused. */
const translatedRanges: readonly string[] = ['ipv4Mapped', 'rfc6145', 'rfc6052', '6to4', 'teredo'];

/**
 * The IPv4 addresses embedded in the bytes of an IPv6 address: IPv4-compatible (RFC 4291, 2.5.5.1) and -mapped (2.5.5.2),
 * IPv4-translated (RFC 6145), NAT64 (RFC 6052), 6to4 (RFC 3056), Teredo's server and client (RFC 4380, 4) and ISATAP
 * (RFC 5214, 6.1). NAT64's local-use prefix (RFC 8215) can place the address anywhere, so it embeds nothing public.
 */
function embeddedIn(bytes: readonly number[]): string[] {
  const hex = Buffer.from(bytes).toString('hex');
  const at = (start: number, mask = 0) => {
    const octets = bytes.slice(start, start + 4).map((byte) => byte ^ mask);
    return octets.join('.');
  };
  if (hex.startsWith('0064ff9b0001')) {
    return ['0.0.0.0'];
  }
  if (/^(0{24}|0{20}ffff|0{16}ffff0000|0064ff9b0{16})/.test(hex)) {
    return [at(12)];
  }
  if (hex.startsWith('2002')) {
    return [at(2)];
  }
  if (hex.startsWith('20010000')) {
    return [at(4), at(12, 0xff)];
  }
  return /^.{16}0[0-3]005efe/.test(hex) ? [at(12)] : [];
}

/** Where receivers listen: the ports that services on the public internet offer HTTPS on, and no service inside a network. */
export const webhookPorts: readonly number[] = [443, 8443];

/**
 * Why events cannot be sent to a URL; `undefined` when they can, as far as it can be told without asking for its name.
 *
 * @param local whether the receiver may be on this machine, over plain HTTP.
 */
export function targetProblem(url: string, local: boolean): Problem | undefined {
  const target = URL.parse(url);
  if (!target || !(target.protocol === 'https:' || (local && target.protocol === 'http:'))) {
    return { code: 'https_only', detail: 'url must be an https URL.' };
  }
  if (target.username !== '' || target.password !== '' || target.hash !== '') {
    return { code: 'invalid_format', detail: 'url must not contain a user name, a password or a fragment.' };
  }
  if (!local && target.port !== '' && !webhookPorts.includes(Number(target.port))) {
    return {
      code: 'invalid_port',
      detail: `The port of a webhook is ${webhookPorts.join(' or ')}, not ${target.port}.`,
    };
  }
  const host = hostOf(target);
  if (
    !local &&
    (host === 'localhost' || host.endsWith('.localhost') || (ipaddr.isValid(host) && !isPublicAddress(host)))
  ) {
    return notPublicProblem(host);
  }
  return undefined;
}

/** The name or address of a URL's host, without the brackets of an IPv6 address. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}

export function notPublicProblem(host: string): Problem {
  return { code: 'not_public', detail: `${host} is not an address of the public internet.` };
}

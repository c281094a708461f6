import ipaddr from 'ipaddr.js';
import type { DeliveryId, EventId, WebhookId } from './ids.ts';
import { DAY_MS, MINUTE_MS } from './time-units.ts';
import type { Problem } from './verdict.ts';

/** The event types of the contract. */
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
  'sim.differs',
  'sim.replaced',
  'sims.waiting_in_holding',
  'alarm.fired',
  'customer.deleted',
] as const;

export type EventType = (typeof eventTypes)[number];

/** The event that is sent on request to test a webhook, regardless of its subscriptions. */
export const TEST_EVENT = 'webhook.test';

/** An event as it is sent. */
export type PublicEvent = {
  /** Derived from the change: a repeated change has the same id. */
  id: EventId;
  type: EventType | typeof TEST_EVENT;
  at: string;
  /** The id of the resource. Events of one subject are delivered in their order. */
  subject: string;
  /** Its position among the events of its subject. Sorts as text. */
  place: string;
  data: Readonly<Record<string, unknown>>;
};

/** A URL to which the events of a partner are sent. */
export type Webhook = {
  id: WebhookId;
  url: string;
  /** Event types, `order.*` for all types of a kind, or `*` for all types. */
  events: readonly string[];
  enabled: boolean;
  /** Why the system disabled it. */
  disabled?: Problem & { at: string };
  createdAt: string;
  updatedAt: string;
  version: number;
};

/** The signing secret, and the previous one while it is valid. */
export type WebhookSecrets = { secret: string; previous?: { secret: string; until: string } };

/** Replaces the secret. The previous one is valid for another day, so that receivers have time to change it. */
export function rotateSecret({ secret: former }: WebhookSecrets, secret: string, now: Date): WebhookSecrets {
  return { secret, previous: { secret: former, until: new Date(now.getTime() + DAY_MS).toISOString() } };
}

/** The secrets with which events are signed at a moment. */
export function validSecrets({ secret, previous }: WebhookSecrets, now: Date): string[] {
  return [secret, ...(previous && now.toISOString() < previous.until ? [previous.secret] : [])];
}

/** The maximum number of webhooks of a partner. Every event is stored once per webhook. */
export const MAX_WEBHOOKS = 20;

export const deliveryStates = ['pending', 'delivered', 'failed'] as const;

/** The delivery of an event to a webhook. */
export type Delivery = {
  id: DeliveryId;
  eventId: EventId;
  type: PublicEvent['type'];
  subject: string;
  place: string;
  state: (typeof deliveryStates)[number];
  attempts: number;
  /** The last response of the receiver, or the reason why there was none. */
  lastStatus?: number;
  lastError?: string;
  lastAttemptAt?: string;
  nextAttemptAt?: string;
  /** No attempt is made after this. */
  until: string;
  createdAt: string;
  deliveredAt?: string;
};

const kinds = [...new Set(eventTypes.map((type) => type.slice(0, type.indexOf('.'))))];

/** The patterns that a webhook can subscribe to. */
export const eventPatterns: readonly string[] = ['*', ...kinds.map((kind) => `${kind}.*`), ...eventTypes];

/** Whether a webhook's patterns include an event type. */
export function matchesType({ events }: Pick<Webhook, 'events'>, type: PublicEvent['type']): boolean {
  return events.some(
    (pattern) =>
      pattern === '*' || pattern === type || (pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1))),
  );
}

/** Whether a webhook receives an event: its patterns include the type, and the event occurred after its creation. */
export function subscribesTo(
  webhook: Pick<Webhook, 'events' | 'enabled' | 'createdAt'>,
  { type, at }: Pick<PublicEvent, 'at'> & { type: EventType },
): boolean {
  return webhook.enabled && webhook.createdAt <= at && matchesType(webhook, type);
}

/**
 * The lane of an event. Events of one lane are delivered one after the other: those of one order, operation or SIM. The
 * events of an alarm concern different SIMs and need no order.
 */
export function deliveryLaneOf({ subject, deliveryId }: { subject: string; deliveryId: DeliveryId }): string {
  return subject.startsWith('alm_') ? deliveryId : subject;
}

/** The number of concurrent requests that a receiver gets at first, and at most. */
export const INITIAL_WINDOW = 4;
export const MAX_WINDOW = 64;

/** After this many failed requests, and none that succeeded, a receiver counts as down and sending is paused. */
export const FAILURES_BEFORE_PAUSE = 5;

/** A receiver that responds more slowly than this, in milliseconds, gets fewer concurrent requests. */
const SLOW_MS = 1000;

/**
 * The number of concurrent requests after another response: one more after a quick success, one fewer after a slow one, half
 * as many after a failure.
 */
export function nextWindow(window: number, { ok, tookMs }: { ok: boolean; tookMs: number }): number {
  if (!ok) {
    return Math.max(1, Math.floor(window / 2));
  }
  return tookMs > SLOW_MS ? Math.max(1, window - 1) : Math.min(MAX_WINDOW, window + 1);
}

const MAX_BACKOFF_MS = 120 * MINUTE_MS;

/** The wait before the next attempt, in milliseconds: a minute, doubling with each attempt, at most two hours. */
export function backoffAfter(attempts: number): number {
  return Math.min(MINUTE_MS * 2 ** (attempts - 1), MAX_BACKOFF_MS);
}

/** When the attempts of an event that is queued now end: after a day. */
export function deliveryDeadline(now: Date): string {
  return new Date(now.getTime() + DAY_MS).toISOString();
}

/** Whether a webhook is disabled: its receiver has accepted no event for a day. */
export function hasFailedTooLong(failingSince: string, now: Date): boolean {
  return now.getTime() - Date.parse(failingSince) >= DAY_MS;
}

/** A delivery after an attempt: delivered, pending with its next attempt, or failed after a day. */
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
    // Safe: the removed fields are optional in every delivery.
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

/** The ports of receivers: those that public HTTPS services use, and internal services do not. */
export const webhookPorts: readonly number[] = [443, 8443];

/**
 * Why events cannot be sent to a URL, as far as its text shows. Whether its host name is public takes a DNS lookup.
 *
 * @param local whether the receiver may be on this machine and use plain HTTP.
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

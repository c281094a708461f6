import { ulid } from 'ulid';
import type * as z from 'zod/mini';

/** The prefixes of generated ids: part of the contract. */
const prefixes = {
  order: 'ord_',
  customer: 'cus_',
  customerService: 'csv_',
  partnerService: 'psv_',
  operation: 'op_',
  webhook: 'whk_',
  alarm: 'alm_',
  event: 'evt_',
  manualTask: 'tsk_',
  client: 'cli_',
  difference: 'dif_',
} as const;

/** A kind of generated ids. */
export type IdKind = keyof typeof prefixes;

/** Ids of tariffs are chosen by the platform, those of deliveries derived from their events. */
type Prefixes = typeof prefixes & { tariff: 'trf_'; delivery: 'dlv_' };

/** A kind of ids. Those of partners and operators are chosen by the platform and have no prefix. */
export type AnyIdKind = keyof Prefixes | 'partner' | 'operator';

/**
 * The type of the ids of a kind: a text that was read as such an id, or a text with the prefix of the kind. Ids of different kinds
 * cannot be mixed up: passing an order's id as a customer's does not compile. A text becomes an id in `asId`, in a schema
 * (`idSchema` in text.ts), in the key of an item, or in the path of a route.
 */
export type Id<Kind extends AnyIdKind> =
  | (string & z.core.$brand<Kind>)
  | (Kind extends keyof Prefixes ? `${Prefixes[Kind]}${string}` : never);

export type PartnerId = Id<'partner'>;
export type OrderId = Id<'order'>;
export type CustomerId = Id<'customer'>;
export type CustomerServiceId = Id<'customerService'>;
export type PartnerServiceId = Id<'partnerService'>;
export type ServiceId = CustomerServiceId | PartnerServiceId;
export type OperationId = Id<'operation'>;
export type WebhookId = Id<'webhook'>;
export type DeliveryId = Id<'delivery'>;
export type EventId = Id<'event'>;
export type ClientId = Id<'client'>;
export type AlarmId = Id<'alarm'>;
export type ManualTaskId = Id<'manualTask'>;
export type DifferenceId = Id<'difference'>;
/** `trf_` and what the platform chose: `isTariffId` in tariff.ts. */
export type TariffId = Id<'tariff'>;
/** 2 to 20 lower-case letters, digits and dashes. Operators are data, so ids are not enumerated. */
export type OperatorId = Id<'operator'>;

/** The type of a field or placeholder that is named for the id that it holds: `orderId` holds an `OrderId`. */
export type IdNamed<Name extends string> = Name extends 'serviceId'
  ? ServiceId
  : Name extends `${infer Kind extends AnyIdKind}Id`
    ? Id<Kind>
    : string;

/**
 * Reads a text as an id of a kind. The text can still be malformed or unknown.
 *
 * @example
 * const partnerId = asId('partner', claims.partner_id);
 */
export function asId<Kind extends AnyIdKind>(_kind: Kind, text: string): Id<Kind> {
  // Safe: the brand exists only in types.
  return text as string & z.core.$brand<Kind>;
}

/** Reads a text as the id of a service. Its prefix shows the kind of service. */
export function asServiceId(text: string): ServiceId {
  return text.startsWith(prefixes.partnerService) ? asId('partnerService', text) : asId('customerService', text);
}

/** Whether a service is a partner service. */
export function isPartnerServiceId(id: ServiceId): id is PartnerServiceId {
  return id.startsWith(prefixes.partnerService);
}

/**
 * A new id: the prefix of its kind, then a ULID, so that ids of one kind sort by creation time.
 *
 * @param random generates numbers from 0 up to 1. Default: the system's random numbers.
 */
export function newId<Kind extends IdKind>(kind: Kind, at: Date, random?: () => number): Id<Kind> {
  return asId(kind, `${prefixes[kind]}${ulid(at.getTime(), random)}`);
}

/** Creates the id of a new resource of a kind. */
export type NewId = <Kind extends IdKind>(kind: Kind) => Id<Kind>;

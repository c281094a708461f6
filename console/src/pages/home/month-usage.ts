import { TOP_SIMS } from '../../../../domain/usage.ts';
import type { Resource } from '../../api/client.ts';
import type { UsageByService } from './queries.ts';

type Usage = Pick<UsageByService, 'kind' | 'usedBytes' | 'usedPercent'>;

/** From this share of its allowance on, a service needs attention: in percent. */
export const NEAR_PERCENT = 80;

/** The services that have used most of their allowance, or more than it, highest share first. */
export function nearAllowance<Item extends Usage>(services: readonly Item[]): Item[] {
  return byShare(services).filter(({ usedPercent = 0 }) => usedPercent >= NEAR_PERCENT);
}

/**
 * The SIMs of a service that have used as large a share of the allowance, which each SIM has. The API lists the SIMs with the highest
 * usage: there may be more when all of these are.
 */
export function simsNearAllowance({
  allowanceBytes = 0,
  topSims,
}: Pick<Resource<'ServiceUsage'>, 'allowanceBytes' | 'topSims'>): { count: number; isAtLeast: boolean } {
  const count = topSims.filter(
    ({ bytes }) => allowanceBytes > 0 && 100 * bytes >= NEAR_PERCENT * allowanceBytes,
  ).length;
  return { count, isAtLeast: count === TOP_SIMS };
}

/** The services with usage: by the share of their allowance, then by bytes, highest first. */
export function withUsage<Item extends Usage>(services: readonly Item[]): Item[] {
  return byShare(services).filter(({ usedBytes }) => usedBytes > 0);
}

const byShare = <Item extends Usage>(services: readonly Item[]): Item[] =>
  [...services].sort(
    (one, other) => (other.usedPercent ?? 0) - (one.usedPercent ?? 0) || other.usedBytes - one.usedBytes,
  );

/**
 * The bytes that all SIMs have used. Every SIM of a partner is on one partner service, and may be on a customer service besides; users of
 * a customer see customer services alone.
 */
export function totalBytes(services: readonly Usage[]): number {
  const ofPartner = services.filter(({ kind }) => kind === 'partner_service');
  return (ofPartner.length > 0 ? ofPartner : services).reduce((sum, { usedBytes }) => sum + usedBytes, 0);
}

/** The page of a service. */
export const servicePath = ({ kind, serviceId }: Pick<UsageByService, 'kind' | 'serviceId'>) =>
  `/${kind === 'partner_service' ? 'partner' : 'customer'}-services/${serviceId}`;

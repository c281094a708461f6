import type { OperationId, ServiceId } from '../../domain/ids.ts';
import type { Operation } from '../../domain/operation.ts';

/** The holder of a service's lock: a shard of an operation. */
export function lockHolder(operationId: OperationId, shard: number): string {
  return `${operationId}#${shard}`;
}

/** The service that an operation adds SIMs to, which its shards lock. */
export function serviceToLock({ action, target, dryRun }: Operation): ServiceId | undefined {
  if (dryRun) {
    return undefined;
  }
  switch (action) {
    case 'migrate':
      return target.partnerServiceId;
    case 'assign':
      return target.customerServiceId;
    default:
      return undefined;
  }
}

import type { OperationId } from '../../domain/ids.ts';
/** The holder of a customer service's lock: a shard of an operation. */
export function lockHolder(operationId: OperationId, shard: number): string {
  return `${operationId}#${shard}`;
}

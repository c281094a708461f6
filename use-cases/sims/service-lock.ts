/** The name under which a shard of an operation holds the lock of a customer service. */
export function lockHolder(operationId: string, shard: number): string {
  return `${operationId}#${shard}`;
}

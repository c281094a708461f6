/** The holder of a customer service's lock: a shard of an operation. */
export function lockHolder(operationId: string, shard: number): string {
  return `${operationId}#${shard}`;
}

/** The name under which a shard of an operation notes that it is at work. */
export function workerName(operationId: string, shard: number): string {
  return `${operationId}#${shard}`;
}

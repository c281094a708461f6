/** A condition expression of DynamoDB, with its names and values. */
export type Condition = { expression: string; values?: Record<string, unknown>; names?: Record<string, string> };

export const exists: Condition = { expression: 'attribute_exists(pk)' };
export const absent: Condition = { expression: 'attribute_not_exists(pk)' };

/** The item has not changed since it was read at this version. */
export const atVersion = (version: number): Condition => ({
  expression: '#version = :expectedVersion',
  names: { '#version': 'version' },
  values: { ':expectedVersion': version },
});

/** Both conditions hold. */
export const bothOf = (first: Condition, second: Condition): Condition => ({
  expression: `(${first.expression}) AND (${second.expression})`,
  names: { ...first.names, ...second.names },
  values: { ...first.values, ...second.values },
});

/** The condition of a write failed: another writer was faster, or the item does not exist. */
export class ConditionFailed extends Error {
  /** The positions of the writes whose condition failed; `[0]` for a single write. */
  readonly failed: readonly number[];

  constructor(failed: readonly number[], options?: ErrorOptions) {
    super('The item did not meet the condition of the write.', options);
    this.name = 'ConditionFailed';
    this.failed = failed;
  }
}

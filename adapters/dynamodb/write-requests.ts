import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { tableName } from './client.ts';
import { absent, type Condition } from './conditions.ts';
import type { Key } from './item-kind.ts';
import { JOURNAL } from './item-kinds.ts';
import { withShapeNumber } from './item-shapes.ts';

/** A complete item: its attributes and its keys. */
export type Item = Record<string, unknown> & Key;

/** A single write, alone or in a transaction. */
export type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** The changes of an update, by attribute. */
export type Change = {
  set?: Record<string, unknown>;
  remove?: readonly string[];
  /** Adds to numbers and string sets; creates them when absent. */
  add?: Record<string, number | Set<string>>;
  /** Adds to existing numbers, also inside a map: `progress.migrated`. */
  increase?: Record<string, number>;
  removeFromSet?: Record<string, Set<string>>;
  /** Sets attributes that the item does not have yet. */
  setIfAbsent?: Record<string, unknown>;
};

/**
 * Writes a whole item, replacing an existing one unless the condition forbids it.
 *
 * @throws Error for a journal entry without the condition `absent`: entries are never replaced.
 */
export function put(item: Item, condition?: Condition): Write {
  if (item.pk.endsWith(JOURNAL) && condition !== absent) {
    throw new Error('An entry of a journal is added and never replaced: its put takes the condition `absent`.');
  }
  return { Put: { TableName: tableName(), Item: withShapeNumber(item), ...conditionOf(condition) } };
}

export function remove(key: Key, condition?: Condition): Write {
  return { Delete: { TableName: tableName(), Key: key, ...conditionOf(condition) } };
}

/** In a transaction: demands that there is no item with this key. */
export function absentItem(key: Key): Write {
  return { ConditionCheck: { TableName: tableName(), Key: key, ConditionExpression: absent.expression } };
}

export function update(key: Key, change: Change, condition?: Condition): Write {
  const names: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  const path = (attribute: string) =>
    attribute
      .split('.')
      .map((part) => {
        names[`#${part}`] = part;
        return `#${part}`;
      })
      .join('.');
  const value = (given: unknown) => {
    const name = `:v${Object.keys(values).length}`;
    values[name] = given;
    return name;
  };
  const sets = [
    ...Object.entries(change.set ?? {}).map(([name, to]) => `${path(name)} = ${value(to)}`),
    ...Object.entries(change.setIfAbsent ?? {}).map(
      ([name, to]) => `${path(name)} = if_not_exists(${path(name)}, ${value(to)})`,
    ),
    ...Object.entries(change.increase ?? {}).map(([name, by]) => `${path(name)} = ${path(name)} + ${value(by)}`),
  ];
  const removes = (change.remove ?? []).map(path);
  const adds = Object.entries(change.add ?? {}).map(([name, by]) => `${path(name)} ${value(by)}`);
  const deletes = Object.entries(change.removeFromSet ?? {}).map(([name, of]) => `${path(name)} ${value(of)}`);
  const clauses = { SET: sets, REMOVE: removes, ADD: adds, DELETE: deletes };
  const { ConditionExpression, ExpressionAttributeNames, ExpressionAttributeValues } = conditionOf(condition);
  const allValues = { ...values, ...ExpressionAttributeValues };
  return {
    Update: {
      TableName: tableName(),
      Key: key,
      UpdateExpression: Object.entries(clauses)
        .filter(([, parts]) => parts.length > 0)
        .map(([clause, parts]) => `${clause} ${parts.join(', ')}`)
        .join(' '),
      ExpressionAttributeNames: { ...names, ...ExpressionAttributeNames },
      ...(Object.keys(allValues).length > 0 ? { ExpressionAttributeValues: allValues } : {}),
      ...(ConditionExpression === undefined ? {} : { ConditionExpression }),
    },
  };
}

type ConditionParameters = {
  ConditionExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Record<string, unknown>;
};

function conditionOf(condition: Condition | undefined): ConditionParameters {
  return condition
    ? {
        ConditionExpression: condition.expression,
        ...(condition.names ? { ExpressionAttributeNames: condition.names } : {}),
        ...(condition.values ? { ExpressionAttributeValues: condition.values } : {}),
      }
    : {};
}

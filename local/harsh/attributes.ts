import type { TableIndex } from '../template/parts.ts';

/** A value in DynamoDB's JSON: its type, and the value itself. */
export type AttributeValue = Readonly<Record<string, unknown>>;
export type Attributes = Readonly<Record<string, AttributeValue>>;

export const attributesOf = (schema: TableIndex['KeySchema']) => schema.map(({ AttributeName }) => AttributeName);

export function pickAttributes(item: Attributes, names: readonly string[]): Attributes {
  return Object.fromEntries(
    names.flatMap((name): [string, AttributeValue][] => (item[name] === undefined ? [] : [[name, item[name]]])),
  );
}

/** The same text for the same key, whatever the order of its attributes. */
export function keyText(key: Attributes): string {
  return JSON.stringify(Object.entries(key).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** As DynamoDB sorts keys: numbers by value, all else by its bytes. */
export function compare(one: AttributeValue | undefined, other: AttributeValue | undefined): number {
  const [[type, value] = ['S', '']] = Object.entries(one ?? {});
  const [[, otherValue] = ['S', '']] = Object.entries(other ?? {});
  if (type === 'N') {
    return Number(value) - Number(otherValue);
  }
  const encoding = type === 'B' ? 'base64' : 'utf8';
  return Buffer.from(String(value), encoding).compare(Buffer.from(String(otherValue), encoding));
}

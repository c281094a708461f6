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

/** Serialises a key independently of the order of its attributes. */
export function keyText(key: Attributes): string {
  return JSON.stringify(Object.entries(key).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Compares key attributes as DynamoDB does: numbers by value, other types by bytes. */
export function compare(left: AttributeValue | undefined, right: AttributeValue | undefined): number {
  const [[type, value] = ['S', '']] = Object.entries(left ?? {});
  const [[, rightValue] = ['S', '']] = Object.entries(right ?? {});
  if (type === 'N') {
    return Number(value) - Number(rightValue);
  }
  const encoding = type === 'B' ? 'base64' : 'utf8';
  return Buffer.from(String(value), encoding).compare(Buffer.from(String(rightValue), encoding));
}

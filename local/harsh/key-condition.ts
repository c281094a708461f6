import { StartError } from '../start-error.ts';
import type { TableIndex } from '../template/parts.ts';
import { type Attributes, type AttributeValue, compare } from './attributes.ts';

/** The fields of a query that determine which items it finds. */
export type QueryRequest = {
  TableName: string;
  IndexName?: string;
  ConsistentRead?: boolean;
  KeyConditionExpression?: string;
  FilterExpression?: string;
  ProjectionExpression?: string;
  Select?: string;
  ExpressionAttributeNames?: Readonly<Record<string, string>>;
  ExpressionAttributeValues?: Attributes;
  ExclusiveStartKey?: Attributes;
  Limit?: number;
  ScanIndexForward?: boolean;
};

export type KeyCondition = { sortKey: string | undefined; holds(item: Attributes): boolean };

const NAME = '([#\\w.]+)';
const VALUE = '(:\\w+)';
const forms = {
  comparison: new RegExp(`^${NAME} *(=|<=|>=|<|>) *${VALUE}$`),
  between: new RegExp(`^${NAME} BETWEEN ${VALUE} AND ${VALUE}$`, 'i'),
  beginsWith: new RegExp(`^begins_with *\\( *${NAME} *, *${VALUE} *\\)$`, 'i'),
};

/**
 * Parses a query's key condition.
 *
 * @throws StartError when the eventually consistent result of the query cannot be simulated
 */
export function keyConditionOf(request: QueryRequest, schema: TableIndex['KeySchema']): KeyCondition {
  const { KeyConditionExpression = '', ExpressionAttributeNames = {}, ExpressionAttributeValues = {} } = request;
  const unknown = (['FilterExpression', 'ProjectionExpression', 'Select'] as const).find(
    (name) => request[name] !== undefined,
  );
  if (unknown !== undefined) {
    throw new StartError(`Harsh mode cannot simulate the lag of an index for a query with ${unknown}.`);
  }
  const nameOf = (text: string) => ExpressionAttributeNames[text] ?? text;
  const attributeValue = (text: string) => ExpressionAttributeValues[text];
  // A value follows the AND of a BETWEEN, but not the AND between two terms.
  const terms = KeyConditionExpression.split(/ +AND +(?!:)/i).map((term) => term.trim());
  const tests = terms.map((term): ((item: Attributes) => boolean) => {
    const [, name = '', sign = '', value = ''] = forms.comparison.exec(term) ?? [];
    if (name !== '') {
      return (item) => compares(sign, compare(item[nameOf(name)], attributeValue(value)));
    }
    const [, betweenName = '', from = '', to = ''] = forms.between.exec(term) ?? [];
    if (betweenName !== '') {
      return (item) =>
        compare(item[nameOf(betweenName)], attributeValue(from)) >= 0 &&
        compare(item[nameOf(betweenName)], attributeValue(to)) <= 0;
    }
    const [, prefixName = '', prefix = ''] = forms.beginsWith.exec(term) ?? [];
    if (prefixName !== '') {
      return (item) => textOf(item[nameOf(prefixName)]).startsWith(textOf(attributeValue(prefix)));
    }
    throw new StartError(`Harsh mode does not support the key condition "${KeyConditionExpression}".`);
  });
  return {
    sortKey: schema.find(({ KeyType }) => KeyType === 'RANGE')?.AttributeName,
    holds: (item) => tests.every((test) => test(item)),
  };
}

function textOf(value: AttributeValue | undefined): string {
  return String(value?.S ?? '');
}

function compares(sign: string, order: number): boolean {
  switch (sign) {
    case '=':
      return order === 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    default:
      return order >= 0;
  }
}

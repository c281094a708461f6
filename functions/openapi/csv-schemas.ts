import type * as z from 'zod/mini';
import { type Column, columnName, csvTableOf, keyedPrefix, rowColumns, rowsIn, tableToCsv } from '../http/csv-table.ts';
import type { Route } from '../http/route.ts';

type Json = Record<string, unknown>;

/** A record has a column for each key. */
const documentedName = (column: Column) => columnName(column.isRecord ? { ...column, key: '<name>' } : column);

/** The CSV body of a route. Records have a column for each key, which JSON Schema describes by a pattern. */
export function csvBody(list: z.core.$ZodType, schema: Json, example: unknown): Json {
  const columns = rowColumns(list);
  const description = `RFC 4180 in UTF-8 with a header row. Columns, in any order: ${columns.map(documentedName).join(', ')}.`;
  const rows = Array.isArray(example) ? { example: tableToCsv(columns, example, keysIn(columns, example)) } : {};
  return { schema: csvText(description, { ...schema, items: withKeyedColumns(schema.items, columns) }), ...rows };
}

/** The CSV response of a route. Every cell is text. */
export function csvAnswer(route: Route, example: unknown): Json {
  const table = csvTableOf(route);
  const { columns } = table;
  const names = columns.filter(({ isRecord }) => !isRecord).map(columnName);
  const items = {
    type: 'object',
    required: names,
    properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
    ...keyedColumns(columns),
    additionalProperties: false,
  };
  const description = `RFC 4180 in UTF-8. Absent values are empty, and \`;\` separates the values of a list. Columns: ${columns.map(documentedName).join(', ')}.`;
  const rows = rowsIn(table, example);
  return {
    schema: csvText(description, { type: 'array', items }),
    ...(rows.length > 0 ? { example: tableToCsv(columns, rows, keysIn(columns, rows)) } : {}),
  };
}

/** CSV, with the schema of its rows. */
function csvText(description: string, rows: Json): Json {
  return { type: 'string', description, contentMediaType: 'text/csv', contentSchema: rows };
}

/** The schema of a row, with columns in place of its records. */
function withKeyedColumns(row: unknown, columns: readonly Column[]): unknown {
  const records = columns.flatMap(({ isRecord, path: [name = ''] }) => (isRecord ? [name] : []));
  if (typeof row !== 'object' || row === null || !('properties' in row) || records.length === 0) {
    return row;
  }
  const properties = Object.entries(Object(row.properties)).filter(([name]) => !records.includes(name));
  return { ...row, properties: Object.fromEntries(properties), ...keyedColumns(columns) };
}

function keyedColumns(columns: readonly Column[]): Json {
  const patterns = columns.flatMap(({ isRecord, path: [name = ''] }) =>
    isRecord ? [[`^${keyedPrefix(name)}`, { type: 'string' }]] : [],
  );
  return patterns.length === 0 ? {} : { patternProperties: Object.fromEntries(patterns) };
}

/** The keys of the records in example rows. */
function keysIn(columns: readonly Column[], rows: readonly unknown[]): Record<string, string[]> {
  const records = columns.flatMap(({ isRecord, path: [name = ''] }) => (isRecord ? [name] : []));
  return Object.fromEntries(
    records.map((name) => [name, [...new Set(rows.flatMap((row) => Object.keys(Object(Object(row)[name]))))]]),
  );
}

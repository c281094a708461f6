import * as z from 'zod/mini';
import { writeCsv } from '../../domain/csv.ts';
import { writeListCell } from '../../domain/list-cell.ts';
import type { Route } from './route.ts';

/** A column: the path of its value in a row. `isJson`: the value is a list of objects and is written as JSON. */
export type Column = { path: readonly string[]; isJson: boolean };

/** The table in a response: the field that contains the rows, and their columns. */
export type CsvTable = { field: string; columns: readonly Column[] };

/** The header of a column. Fields of nested objects have dotted names such as `contact.name`. */
export const columnName = ({ path }: Column) => path.join('.');

/** Whether a route's response is available as CSV: a list, or a response with a list in it. */
export const hasCsvTable = ({ paged, rows }: Pick<Route, 'paged' | 'rows'>) => paged === true || rows !== undefined;

/** The table of a route that has one. Its columns depend only on the schema, so that all pages have the same columns. */
export function csvTableOf({ paged, rows = '', answers }: Pick<Route, 'paged' | 'rows' | 'answers'>): CsvTable {
  const { 200: answer } = answers;
  if (paged && answer) {
    return { field: 'items', columns: columnsOfSchema(answer) };
  }
  const list = answer && fieldsOf(answer)?.[rows];
  if (!list) {
    throw new Error(`The response has no field ${rows}.`);
  }
  return { field: rows, columns: rowColumns(list) };
}

/** The columns of the objects that a schema describes, in the order of its fields. */
export function columnsOfSchema(schema: z.core.$ZodType, path: readonly string[] = []): Column[] {
  const fields = fieldsOf(schema);
  return fields
    ? Object.entries(fields).flatMap(([name, field]) => columnsOfSchema(field, [...path, name]))
    : [{ path, isJson: isListOfObjects(schema) }];
}

/** The columns of a CSV body with rows of this schema. @throws Error for another schema */
export function csvColumnsOf(list: z.core.$ZodType): { required: string[]; optional: string[] } {
  const row = itemOf(list);
  const fields = row && fieldsOf(row);
  if (!fields) {
    throw new Error('Only rows of objects can be read from CSV.');
  }
  const { optional = [], required = [] } = Object.groupBy(Object.keys(fields), (name) =>
    fields[name] instanceof z.ZodMiniOptional ? 'optional' : 'required',
  );
  return { required, optional };
}

/** The columns of the items of a list. @throws Error when the schema is not a list */
export function rowColumns(list: z.core.$ZodType): Column[] {
  const row = itemOf(list);
  if (!row) {
    throw new Error('Only a list can be returned as CSV.');
  }
  return columnsOfSchema(row);
}

function fieldsOf(schema: z.core.$ZodType): Readonly<Record<string, z.core.$ZodType>> | undefined {
  const own = unwrap(schema);
  return own instanceof z.ZodMiniObject ? own.shape : undefined;
}

function itemOf(schema: z.core.$ZodType): z.core.$ZodType | undefined {
  const own = unwrap(schema);
  return own instanceof z.ZodMiniArray ? own._zod.def.element : undefined;
}

function isListOfObjects(schema: z.core.$ZodType): boolean {
  const item = itemOf(schema);
  return item !== undefined && fieldsOf(item) !== undefined;
}

/** The schema inside `z.lazy` and `z.optional`. */
function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodMiniLazy) {
    return unwrap(schema._zod.innerType);
  }
  return schema instanceof z.ZodMiniOptional ? unwrap(schema._zod.def.innerType) : schema;
}

/** Rows as CSV. The header row is always present. */
export function tableToCsv(columns: readonly Column[], rows: readonly unknown[]): string {
  return writeCsv([
    columns.map(columnName),
    ...rows.map((row) => columns.map(({ path, isJson }) => cellOf(valueAt(row, path), isJson))),
  ]);
}

/** The rows in a response, or in an example of one. */
export function rowsIn({ field }: CsvTable, body: unknown): readonly unknown[] {
  const rows = fieldOf(body, field);
  return Array.isArray(rows) ? rows : [];
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function valueAt(value: unknown, [name, ...rest]: readonly string[]): unknown {
  return name === undefined || value === undefined ? value : valueAt(fieldOf(value, name), rest);
}

/** Absent values are empty. An object without a schema for its fields is JSON. */
function cellOf(value: unknown, isJson: boolean): string {
  if (value === undefined) {
    return '';
  }
  if (Array.isArray(value) && !isJson) {
    return writeListCell(value.map(String));
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

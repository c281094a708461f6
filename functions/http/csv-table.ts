import * as z from 'zod/mini';
import { writeCsv } from '../../domain/csv.ts';
import { writeListCell } from '../../domain/list-cell.ts';
import type { Route } from './route.ts';

/**
 * A column: the path of its value in a row. `isJson`: the value is a list of objects and is written as JSON. `isRecord`: the
 * value is a record. It has a column for each key, with its `key`, if the keys are known, and is written as JSON otherwise.
 */
export type Column = { path: readonly string[]; isJson: boolean; isRecord?: true; key?: string };

/** The keys of the records in a table, by the name of their field. */
export type RecordKeys = Readonly<Record<string, readonly string[]>>;

/** The table in a response: the field that contains the rows, and their columns. */
export type CsvTable = { field: string; columns: readonly Column[] };

/** The header of a column. Fields of nested objects have dotted names such as `contact.name`. */
export const columnName = ({ path, key }: Column) =>
  key === undefined ? path.join('.') : `${keyedPrefix(path[0] ?? '')}${key}`;

/** The prefix of the columns of a record: those of `fields` are `field:<key>`. */
export const keyedPrefix = (name: string) => `${name.replace(/s$/, '')}:`;

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
  if (path.length === 1 && unwrap(schema) instanceof z.ZodMiniRecord) {
    return [{ path, isJson: false, isRecord: true }];
  }
  return fields
    ? Object.entries(fields).flatMap(([name, field]) => columnsOfSchema(field, [...path, name]))
    : [{ path, isJson: isListOfObjects(schema) }];
}

/**
 * The columns of a CSV body with rows of this schema: those that are required, those that can be left out, and records, which have a
 * column for each key.
 *
 * @throws Error for another schema
 */
export function csvColumnsOf(list: z.core.$ZodType): { required: string[]; optional: string[]; records: string[] } {
  const row = itemOf(list);
  const fields = row && fieldsOf(row);
  if (!fields) {
    throw new Error('Only rows of objects can be read from CSV.');
  }
  const isRecord = (name: string) => fields[name] !== undefined && unwrap(fields[name]) instanceof z.ZodMiniRecord;
  const {
    optional = [],
    required = [],
    records = [],
  } = Object.groupBy(Object.keys(fields), (name) =>
    isRecord(name) ? 'records' : fields[name] instanceof z.ZodMiniOptional ? 'optional' : 'required',
  );
  return { required, optional, records };
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

/** Rows as CSV. The header row is always present. Records whose keys are given have a column for each. */
export function tableToCsv(declared: readonly Column[], rows: readonly unknown[], keys: RecordKeys = {}): string {
  const columns = withKeys(declared, keys);
  return writeCsv([
    columns.map(columnName),
    ...rows.map((row) => columns.map(({ path, isJson }) => cellOf(valueAt(row, path), isJson))),
  ]);
}

/** Replaces each record whose keys are given by a column for each key. */
function withKeys(columns: readonly Column[], keys: RecordKeys): Column[] {
  return columns.flatMap((column) => {
    const own = column.isRecord ? keys[column.path[0] ?? ''] : undefined;
    return own ? own.map((key) => ({ ...column, path: [...column.path, key], key })) : [column];
  });
}

/** The rows in a response, or in an example of one. */
export function rowsIn({ field }: CsvTable, body: unknown): readonly unknown[] {
  const rows = fieldOf(body, field);
  return Array.isArray(rows) ? rows : [];
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
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

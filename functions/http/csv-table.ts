import * as z from 'zod/mini';
import { writeCsv } from './csv.ts';
import type { Route } from './route.ts';

/** A column of a table: where in a row its value is. `isJson`: it is written as JSON, because it is a list of objects. */
export type Column = { path: readonly string[]; isJson: boolean };

/** What of an answer is a table: the field that holds its rows, and the columns of these. */
export type Table = { field: string; columns: readonly Column[] };

/** The fields of an object of an object stand beside the others, as `contact.name`. */
export const nameOf = ({ path }: Column) => path.join('.');

/** Whether a route answers a table: a list, or what has a list in it that is told as one. */
export const hasTable = ({ paged, rows }: Pick<Route, 'paged' | 'rows'>) => paged === true || rows !== undefined;

/** The table of a route that has one. Its columns follow from the schema alone: they are the same for each page. */
export function tableOf({ paged, rows = '', answers }: Pick<Route, 'paged' | 'rows' | 'answers'>): Table {
  const { 200: answer } = answers;
  if (paged && answer) {
    return { field: 'items', columns: columnsOf(answer) };
  }
  const list = answer && fieldsOf(answer)?.[rows];
  if (!list) {
    throw new Error(`The answer has no field ${rows}.`);
  }
  return { field: rows, columns: columnsOfRows(list) };
}

/** The columns of the objects that a schema describes, in the order of its fields. */
export function columnsOf(schema: z.core.$ZodType, path: readonly string[] = []): Column[] {
  const fields = fieldsOf(schema);
  return fields
    ? Object.entries(fields).flatMap(([name, field]) => columnsOf(field, [...path, name]))
    : [{ path, isJson: isListOfObjects(schema) }];
}

/** The columns of the rows that a list has. @throws Error when it is none */
export function columnsOfRows(list: z.core.$ZodType): Column[] {
  const row = itemOf(list);
  if (!row) {
    throw new Error('Only a list has rows.');
  }
  return columnsOf(row);
}

function fieldsOf(schema: z.core.$ZodType): Readonly<Record<string, z.core.$ZodType>> | undefined {
  const own = bare(schema);
  return own instanceof z.ZodMiniObject ? own.shape : undefined;
}

function itemOf(schema: z.core.$ZodType): z.core.$ZodType | undefined {
  const own = bare(schema);
  return own instanceof z.ZodMiniArray ? own._zod.def.element : undefined;
}

function isListOfObjects(schema: z.core.$ZodType): boolean {
  const item = itemOf(schema);
  return item !== undefined && fieldsOf(item) !== undefined;
}

/** A schema itself, whether it is made later or may be absent. */
function bare(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodMiniLazy) {
    return bare(schema._zod.innerType);
  }
  return schema instanceof z.ZodMiniOptional ? bare(schema._zod.def.innerType) : schema;
}

/** The rows of a table as CSV, under a header row that is always there. */
export function tableToCsv(columns: readonly Column[], rows: readonly unknown[]): string {
  return writeCsv([
    columns.map(nameOf),
    ...rows.map((row) => columns.map(({ path, isJson }) => cellOf(valueAt(row, path), isJson))),
  ]);
}

function valueAt(value: unknown, [name, ...rest]: readonly string[]): unknown {
  return name === undefined || value === undefined ? value : valueAt(Object(value)[name], rest);
}

/** Between the values of a list in one cell. */
const LIST_SEPARATOR = ';';

/** A value may have the separator in it: a backslash stands before that, and before a backslash. */
const escapeListItem = (text: string) => text.replace(/[\\;]/g, '\\$&');

/** What is absent is empty; an object whose fields its schema does not name is JSON, too. */
function cellOf(value: unknown, isJson: boolean): string {
  if (value === undefined) {
    return '';
  }
  if (Array.isArray(value) && !isJson) {
    return value.map((item) => escapeListItem(String(item))).join(LIST_SEPARATOR);
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

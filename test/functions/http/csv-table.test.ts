import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import * as z from 'zod/mini';
import { allRoutes } from '../../../functions/api/routes.ts';
import { columnName, columnsOfSchema, csvTableOf, hasCsvTable, tableToCsv } from '../../../functions/http/csv-table.ts';
import { routeKey } from '../../../functions/http/route.ts';

const contact = z.lazy(() => z.strictObject({ name: z.string(), phone: z.optional(z.string()) }));
const schema = z.lazy(() =>
  z.object({
    id: z.string(),
    contact: z.optional(contact),
    tags: z.array(z.string()),
    bars: z.optional(z.array(z.object({ type: z.string() }))),
    sims: z.optional(z.int()),
    holding: z.optional(z.boolean()),
    byCode: z.optional(z.record(z.string(), z.int())),
  }),
);
const columns = columnsOfSchema(schema);
const header = 'id,contact.name,contact.phone,tags,bars,sims,holding,byCode';

describe('rows as CSV', () => {
  test('have the columns of their schema, including fields of objects', () => {
    expect(columns.map(columnName).join()).toBe(header);
  });

  test('have a header row, even without rows', () => {
    expect(tableToCsv(columns, [])).toBe(`${header}\r\n`);
  });

  test('have empty cells for absent fields, joined lists of values, and lists of objects as JSON', () => {
    const rows = [
      { id: 'a', tags: [], byCode: { a: 1 } },
      { id: 'b', contact: { name: 'Ann, Bob' }, tags: ['x', 'y z'], bars: [{ type: 'data' }], sims: 0, holding: false },
      { id: 'c', contact: { name: 'C', phone: '+44' }, tags: ['x'], bars: [] },
    ];
    expect(tableToCsv(columns, rows)).toBe(
      [
        header,
        'a,,,,,,,"{""a"":1}"',
        'b,"Ann, Bob",,x;y z,"[{""type"":""data""}]",0,false,',
        'c,C,+44,x,[],,,',
        '',
      ].join('\r\n'),
    );
  });
});

describe('a list in a cell', () => {
  test('can be read back, whatever its values contain', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1, unit: fc.constantFrom('a', ';', '\\', '"', ',') })), (tags) => {
        const [, cell = ''] =
          /^tags\r\n(.*)\r\n$/s.exec(tableToCsv([{ path: ['tags'], isJson: false }], [{ tags }])) ?? [];
        const text = cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell;
        const read = [...text.matchAll(/((?:[^;\\]|\\.)+)(?:;|$)/g)].map(([, value = '']) => value);
        expect(read.map((value) => value.replace(/\\(.)/g, '$1'))).toEqual(tags);
      }),
    );
  });
});

describe('every list', () => {
  const lists = allRoutes.filter(hasCsvTable);

  test('and the usage of a SIM is a table', () => {
    const others = lists.filter(({ paged }) => !paged);
    expect(others.map(routeKey)).toEqual(['GET /v1/sims/{iccid}/usage']);
    expect(others.map(csvTableOf).map((table) => table.columns.map(columnName))).toEqual([['at', 'bytes', 'network']]);
    expect(lists.length - others.length).toBe(allRoutes.filter(({ paged }) => paged).length);
  });

  test.each(lists.map((route) => [routeKey(route), route] as const))(
    '%s has columns, each of them once',
    (_, route) => {
      const names = csvTableOf(route).columns.map(columnName);
      expect(names.length).toBeGreaterThan(1);
      expect(new Set(names).size).toBe(names.length);
    },
  );
});

test('an unknown field, or one that is not a list, is not a table', () => {
  const answers = { 200: z.object({ points: z.string() }) };
  expect(() => csvTableOf({ rows: 'point', answers })).toThrow('no field point');
  expect(() => csvTableOf({ rows: 'points', answers })).toThrow('Only a list');
});

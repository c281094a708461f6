import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { readSimRows, type SimRow } from '../../domain/sim-manifest.ts';

const folder = new URL('../../docs/examples/', import.meta.url);
const lists = readdirSync(folder).filter((file) => file.startsWith('sim-list-'));
const rowsOf = (file: string): SimRow[] => parse(readFileSync(new URL(file, folder), 'utf8'), { columns: true });

describe('the lists of SIMs that the guides send', () => {
  test.each(lists)('has rows that can all be loaded: %s', (file) => {
    const { loadable, errors } = readSimRows(rowsOf(file), 'required');
    expect(errors).toEqual([]);
    expect(loadable.length).toBeGreaterThan(1);
  });

  test('add up to an order, without a SIM that is in two of them', () => {
    const iccids = lists.flatMap((file) => rowsOf(file).map(({ iccid }) => iccid));
    expect(lists.length).toBe(2);
    expect(new Set(iccids).size).toBe(10);
    expect(iccids).toHaveLength(10);
  });
});

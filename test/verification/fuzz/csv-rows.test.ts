import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isIccid } from '../../../domain/iccid.ts';
import { readSimRows, type SimRow } from '../../../domain/sim-manifest.ts';
import { rowsOf, withCheckDigit } from '../../../verification/fuzz/csv-rows.ts';

const LOAD = '/v1/platform/partners/{partnerId}/orders/{orderId}/sims';

describe('the rows of generated files', () => {
  test('have ICCIDs with the right check digit', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^89\d{16,17}$/), (body) => {
        expect(isIccid(withCheckDigit(body))).toBe(true);
      }),
    );
  });

  test('load SIMs, unless they name a SIM that exists', () => {
    const rows = rowsOf(LOAD) ?? fc.constant([]);
    fc.assert(
      fc.property(rows, (listed: readonly SimRow[]) => {
        const fresh = listed.filter(({ iccid }) => !iccid?.includes('sim'));
        const filled = fresh.map((row) => Object.fromEntries(Object.entries(row).filter(([, cell]) => cell !== '')));
        const { errors } = readSimRows(filled, 'required');
        expect(errors.filter(({ code }) => code !== 'duplicate_in_file')).toEqual([]);
      }),
    );
  });

  test('are generated for the routes whose schemas allow any text', () => {
    expect(rowsOf(LOAD)).toBeDefined();
    expect(rowsOf('/v1/customers')).toBeUndefined();
  });
});

import { describe, expect, test } from '@jest/globals';
import { readSimRows, type SimRow } from '../../domain/sim-manifest.ts';
import { anIccid } from './builders.ts';

const read = (rows: readonly SimRow[]) => readSimRows(rows, 'required');
const errorOf = (row: SimRow) => read([row]).errors[0];

describe('a row of a list of SIMs', () => {
  test('is normalised: blanks, the padding of ICCIDs, and phone numbers', () => {
    const row = {
      iccid: ` ${anIccid(1)}F `,
      imsi: '234200000000001',
      msisdn: '0044 (7700) 900-123',
      imei: '35-209900-176148-1',
    };
    expect(read([row])).toEqual({
      loadable: [
        {
          row: 2,
          sim: { iccid: anIccid(1), imsi: '234200000000001', msisdn: '+447700900123', imei: '352099001761481' },
        },
      ],
      errors: [],
    });
  });

  test.each<[string, SimRow, string, RegExp]>([
    ['no ICCID', {}, 'invalid_iccid', /19 or 20 digits, not 0/],
    ['scientific notation', { iccid: '8.94420E+18' }, 'invalid_iccid', /scientific notation/],
    ['scientific notation with a comma', { iccid: '8,9442E+18' }, 'invalid_iccid', /scientific notation/],
    ['a rounded number with a wrong check digit', { iccid: '8944201234567890000' }, 'invalid_iccid', /rounded/],
    ['letters', { iccid: 'SIM 1' }, 'invalid_iccid', /digits only/],
    ['a short IMSI', { iccid: anIccid(), imsi: '1' }, 'invalid_imsi', /14 or 15 digits, not "1"/],
    ['a damaged IMSI', { iccid: anIccid(), imsi: '2.342E+14' }, 'invalid_imsi', /scientific notation/],
    ['a phone number without a country code', { iccid: anIccid(), msisdn: '12' }, 'invalid_msisdn', /country code/],
    ['a short IMEI', { iccid: anIccid(), imei: '1' }, 'invalid_imei', /14 to 16 digits/],
    ['a short EID', { iccid: anIccid(), eid: '1' }, 'invalid_eid', /32 digits/],
  ])('with %s is an error that says what is right', (_name, row, code, message) => {
    expect(errorOf(row)).toEqual(expect.objectContaining({ row: 2, code, message: expect.stringMatching(message) }));
  });

  test('that repeats an ICCID names the row that has it', () => {
    const { loadable, errors } = read([{ iccid: anIccid(1) }, { iccid: anIccid(2) }, { iccid: anIccid(1) }]);
    expect(loadable.map(({ row }) => row)).toEqual([2, 3]);
    expect(errors).toEqual([
      {
        row: 4,
        iccid: anIccid(1),
        code: 'duplicate_in_file',
        message: 'Row 2 has the same ICCID. Keep one of the two.',
      },
    ]);
  });
});

test('a file whose ICCIDs a spreadsheet rounded loads none of them, even if a check digit happens to be right', () => {
  // Its check digit is right, so that alone it is believed.
  const lucky = '8944201234500080000';
  expect(read([{ iccid: lucky }]).errors).toEqual([]);
  const rows = [lucky, '8944201234567040000', '8944201234567050000'].map((iccid) => ({ iccid }));
  const { loadable, errors } = read(rows);
  expect(loadable).toEqual([]);
  expect(errors.every(({ code, message }) => code === 'invalid_iccid' && /rounded/.test(message))).toBe(true);
});

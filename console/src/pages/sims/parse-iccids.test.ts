import { describe, expect, it } from '@jest/globals';
import { readCsv } from '../../../../domain/csv.ts';
import { withCheckDigit } from '../../../../domain/iccid.ts';
import { readRows } from '../../../../domain/sim-manifest.ts';
import { parseIccids } from './parse-iccids.ts';

const row = (number: number) => ({ unit: 'row', number });
const line = (number: number) => ({ unit: 'line', number });

const [first, second, third] = ['894420000000000001', '894420000000000002', '894420000000000003'].map(withCheckDigit);

describe('a pasted list of ICCIDs', () => {
  it('is separated by line breaks, blanks, commas or semicolons', () => {
    expect(parseIccids(`${first}\r\n ${second}, ${third};\n\n`)).toEqual({
      iccids: [first, second, third],
      doubtful: [],
      rejected: [],
      repeated: 0,
    });
  });

  it('can have padding, quotes and the apostrophe of spreadsheets', () => {
    expect(parseIccids(`'${first}\n"${second}"\n${third}F`).iccids).toEqual([first, second, third]);
  });

  it('counts each ICCID once', () => {
    expect(parseIccids(`${first} ${first} ${first}F ${second}`)).toMatchObject({
      iccids: [first, second],
      repeated: 2,
    });
  });

  it('reports what cannot be an ICCID, with its line and the reason', () => {
    const { iccids, rejected } = parseIccids(`${first}\n12345\nhello\n8,94E+18`);
    expect(iccids).toEqual([first]);
    expect(rejected).toMatchObject([
      { place: line(2), text: '12345', reason: 'an ICCID has 19 or 20 digits, not 5' },
      { place: line(3), text: 'hello', reason: 'an ICCID has digits only' },
      { place: line(4), text: '8' },
      { place: line(4), text: '94E+18' },
    ]);
    expect(parseIccids('8.94E+18').rejected).toMatchObject([
      { reason: expect.stringContaining('scientific notation') },
    ]);
    expect(parseIccids('8944200000000000000').rejected).toMatchObject([{ reason: expect.stringContaining('rounded') }]);
  });

  it('asks about numbers without a correct check digit, which some operators leave out', () => {
    const wrong = `${first?.slice(0, -1)}${first?.endsWith('0') ? '1' : '0'}`;
    expect(parseIccids(`${wrong}\n894420000000000001`)).toMatchObject({
      iccids: [],
      doubtful: [{ text: wrong }, { text: '894420000000000001' }],
      rejected: [],
    });
  });
});

describe('a table', () => {
  it.each([',', ';', '\t'])('is read by its column ICCID, separated by %j', (separator) => {
    const rows = [
      ['Site', 'ICCID', 'MSISDN'],
      ['"Leeds, north"', first, '447700900123'],
      ['York', '', '447700900124'],
      ['Hull', '17', ''],
    ];
    const text = `\uFEFF${rows.map((row) => row.join(separator)).join('\r\n')}`;
    expect(parseIccids(text)).toMatchObject({ iccids: [first], rejected: [{ place: row(4), text: '17' }] });
  });

  it('numbers its rows as the API does, also after line breaks in quoted cells and empty rows', () => {
    const text = `site,iccid\r\n"Leeds,\r\nnorth",17\r\n"York",${first}\r\n,\r\n"Hull\nport",18\r\n`;
    const table = readCsv(text);
    const cells = ('records' in table ? table.records : []).slice(1).map(([, iccid = '']) => ({ iccid }));
    const ofApi = readRows(cells, ({ iccid }) =>
      iccid.length === 2 ? { code: 'invalid_iccid', message: '' } : { iccid },
    );
    const { rejected } = parseIccids(text);
    expect(rejected.map(({ place }) => place)).toEqual([row(2), row(5)]);
    expect(rejected.map(({ place }) => place.number)).toEqual(ofApi.errors.map((error) => error.row));
  });

  it('without a header row is a list of words', () => {
    expect(parseIccids(`${first},${second}`).iccids).toEqual([first, second]);
  });
});

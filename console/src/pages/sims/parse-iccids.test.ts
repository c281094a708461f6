import { describe, expect, it } from '@jest/globals';
import { withCheckDigit } from '../../../../domain/iccid.ts';
import { parseIccids } from './parse-iccids.ts';

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
      { line: 2, text: '12345', reason: 'an ICCID has 19 or 20 digits, not 5' },
      { line: 3, text: 'hello', reason: 'an ICCID has digits only' },
      { line: 4, text: '8' },
      { line: 4, text: '94E+18' },
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
    expect(parseIccids(text)).toMatchObject({ iccids: [first], rejected: [{ line: 4, text: '17' }] });
  });

  it('without a header row is a list of words', () => {
    expect(parseIccids(`${first},${second}`).iccids).toEqual([first, second]);
  });
});

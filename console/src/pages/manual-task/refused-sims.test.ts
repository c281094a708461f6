import { describe, expect, it } from '@jest/globals';
import { parseRefusedSims, refusedSims } from './refused-sims.ts';

const one = '8943010000000000018';
const two = '8943010000000000026';

describe('a pasted list of refused SIMs', () => {
  it('has a SIM and its reason on each line', () => {
    expect(parseRefusedSims(`${one},Blocked\n${two}, Lost, or stolen \r\n\n`)).toEqual([
      { iccid: one, reason: 'Blocked' },
      { iccid: two, reason: 'Lost, or stolen' },
    ]);
  });

  it('can come from a spreadsheet, with a header row, tabs, semicolons and quotes', () => {
    expect(parseRefusedSims(`iccid,reason\n${one}\tBlocked\n${two};"Lost, or stolen"`)).toEqual([
      { iccid: one, reason: 'Blocked' },
      { iccid: two, reason: 'Lost, or stolen' },
    ]);
  });

  it('names the line that has no reason', () => {
    expect(parseRefusedSims(`${one},Blocked\n${two}`)).toEqual({ code: 'incomplete_line', line: 2 });
    expect(parseRefusedSims(`${one},`)).toEqual({ code: 'incomplete_line', line: 1 });
  });

  it('is empty without text', () => {
    expect(parseRefusedSims(' \n')).toEqual([]);
  });
});

describe('the refused SIMs of a task', () => {
  it('are the selected ones with one reason, and those of the list', () => {
    expect(refusedSims([{ iccid: one }], ' Blocked ', `${two},Lost`)).toEqual([
      { iccid: one, reason: 'Blocked' },
      { iccid: two, reason: 'Lost' },
    ]);
  });

  it('are named once', () => {
    expect(refusedSims([{ iccid: one }], 'Blocked', `${one},Lost`)).toEqual({ code: 'named_twice', iccid: one });
    expect(refusedSims([], '', `${two},Lost\n${two},Lost`)).toEqual({ code: 'named_twice', iccid: two });
  });
});

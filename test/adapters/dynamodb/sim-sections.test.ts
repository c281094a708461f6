import { expect, test } from '@jest/globals';
import { mergeSims } from '../../../adapters/dynamodb/sim-sections.ts';

test('a SIM that moves between two partitions while both are read is listed once, as it is now', () => {
  const assigned = [
    { iccid: '2', version: 3, state: 'assigned' },
    { iccid: '3', version: 3, state: 'assigned' },
  ];
  const active = [
    { iccid: '1', version: 5, state: 'active' },
    { iccid: '2', version: 4, state: 'active' },
  ];
  const listed = ['1 active', '2 active', '3 assigned'];
  for (const reads of [
    [assigned, active],
    [active, assigned],
  ]) {
    const sims = mergeSims(reads.flat(), ({ iccid }) => iccid);
    expect(sims.map(({ iccid, state }) => `${iccid} ${state}`)).toEqual(listed);
  }
});

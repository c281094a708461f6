import { beforeAll, describe, expect, test } from '@jest/globals';
import { entriesOf, entriesOfNew, entryChanges } from '../../../adapters/dynamodb/sim-entries.ts';
import { asId } from '../../../domain/ids.ts';
import { anIccid } from '../../domain/builders.ts';

const partnerId = asId('partner', 'acme');
const fleet = Array.from({ length: 600 }, (_, place) => ({
  iccid: anIccid(place),
  tags: [],
  imsi: `23420${String(place).padStart(10, '0')}`,
  msisdn: `+447${String(place * 1000).padStart(9, '0')}`,
}));

beforeAll(() => {
  process.env.TABLE_NAME = 'entries';
});

describe('the entries of new SIMs', () => {
  const entries = entriesOfNew(partnerId, fleet);
  const of = (field: string) => entries.filter(({ pk }) => pk.includes(`#NUMBER#${field}#`));

  test('share items where their numbers follow each other, up to 250 in one', () => {
    expect(of('imsi').map(({ sims }) => (Array.isArray(sims) ? sims.length : 1))).toEqual([250, 250, 100]);
    expect(of('msisdn')).toHaveLength(600);
    expect(entries).toHaveLength(603);
  });

  test('are the same when the same SIMs arrive again, and replace no others', () => {
    const keys = (items: typeof entries) => items.map(({ pk, sk }) => `${pk} ${sk}`);
    expect(keys(entriesOfNew(partnerId, fleet))).toEqual(keys(entries));
    const others = entriesOfNew(partnerId, fleet.slice(0, 249)).filter(({ pk }) => pk.includes('#imsi#'));
    expect(keys(entries)).not.toContain(keys(others)[0]);
  });
});

describe('the changes of entries', () => {
  const before = { iccid: anIccid(1), tags: ['North', 'Row 1'], label: 'Meter', imsi: '234200000000017' };
  const keysIn = (name: 'Put' | 'Delete', writes: ReturnType<typeof entryChanges>) =>
    writes.flatMap((each) => (name === 'Put' ? each.Put?.Item?.pk : each.Delete?.Key?.pk) ?? []).map(String);

  test('are none for what finds the SIM in the same way', () => {
    expect(entryChanges(partnerId, before, before)).toEqual([]);
    const same = { ...before, tags: ['ROW 1', 'north', 'NORTH'], label: 'METER' };
    expect(entryChanges(partnerId, before, same)).toEqual([]);
  });

  test('add and remove one for each tag, label and number', () => {
    const after = { iccid: before.iccid, tags: ['north', 'new'], imsi: '234200000999017', imei: '356938035643809' };
    const writes = entryChanges(partnerId, before, after);
    expect(keysIn('Put', writes).map((pk) => pk.split('#')[2])).toEqual(['TAG', 'NUMBER', 'NUMBER']);
    expect(keysIn('Delete', writes).map((pk) => pk.split('#')[2])).toEqual(['TAG', 'LABEL', 'NUMBER']);
    expect(entriesOf(partnerId, after)).toHaveLength(4);
  });
});

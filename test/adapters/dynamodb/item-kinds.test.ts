import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { Key } from '../../../adapters/dynamodb/item-kind.ts';
import { type ItemKind, itemKinds, kindOf } from '../../../adapters/dynamodb/item-kinds.ts';
import type { KeptItem } from '../../../tools/release-items.ts';
import { releases } from '../../../tools/releases.ts';

/** The keys of items that releases wrote, with their kinds. */
const released = releases().flatMap((release) => {
  // Safe: npm run keep-release wrote them.
  const items = JSON.parse(readFileSync(release.file('items.json'), 'utf8')) as KeptItem[];
  return items.map(({ kind, item }): [ItemKind, Key] => [kind, { pk: item.pk?.S ?? '', sk: item.sk?.S ?? '' }]);
});

/** Keys of the kinds that no release has written yet, and of variants that the released items lack. */
const more: [ItemKind, Key][] = [
  ['orderSubmission', { pk: 'OPERATOR#a1', sk: 'SUBMISSION' }],
  ['difference', { pk: 'DIFFERENCES#open', sk: 'DIF#dif_1' }],
  ['operatorTurns', { pk: 'OPERATOR#a1', sk: 'TURNS' }],
  ['simWalk', { pk: 'SIM_WALKS#usage', sk: 'a1' }],
  ['simToCompare', { pk: 'SIMS_TO_COMPARE#a1', sk: '8944200000000000017' }],
  ['simTag', { pk: 'P#acme#TAG#a-b_c#31', sk: '8944200000000000017' }],
  ['simLabel', { pk: 'P#acme#LABEL#31', sk: 'meter #17#8944200000000000017' }],
  ['simNumber', { pk: 'P#acme#NUMBER#imsi#234200000000', sk: '234200000000017#8944200000000000017' }],
  ['simNumber', { pk: 'P#acme#NUMBER#msisdn#447700900', sk: '~a-b_c' }],
  ['backfillSegment', { pk: 'BACKFILL', sk: 'SEGMENT#00000003' }],
  ['redrivenUsage', { pk: 'USAGE_REDRIVEN', sk: 'usage_orange_a-b_c' }],
  ['failedChange', { pk: 'FAILED_CHANGE#a-b_c', sk: 'RECORD' }],
  ['simFieldNames', { pk: 'P#acme', sk: 'SIM_FIELDS' }],
  ['operator', { pk: 'OPERATORS', sk: 'OPR#acme-mobile' }],
  ['fleetCounts', { pk: 'P#acme', sk: 'FLEET_COUNTS#PARTNER' }],
  ['importedSims', { pk: 'P#acme', sk: 'IMPORTED' }],
  ['manualOrder', { pk: 'MANUAL_ORDERS#accepted', sk: 'ORD#ord_1' }],
  ['customerEvent', { pk: 'P#acme#CUS#cus_1', sk: 'EVT#customer.deleted' }],
  ['client', { pk: 'P#acme', sk: 'CLI#cli_1' }],
  ['clientName', { pk: 'P#acme#CLI', sk: 'NAME#a-b_c' }],
  ['clientCredentials', { pk: 'CLIENT#cli_1', sk: 'CREDENTIALS' }],
  ['clientToken', { pk: 'CLIENT#cli_1', sk: 'TOKEN#a-b_c' }],
  ['clientTokenCount', { pk: 'CLIENT#cli_1', sk: 'ISSUED#2026-11-25' }],
  ['revocation', { pk: 'REVOCATIONS', sk: 'cli_1' }],
  ['user', { pk: 'P#acme', sk: 'USR#6f1c2a0e-4b7d-4a52-9a53-1d2e3f405162' }],
  ['manualTask', { pk: 'MANUAL_TASKS#open', sk: 'TASK#tsk_1' }],
  ['manualTaskPage', { pk: 'MANUAL_TASK#tsk_1', sk: 'PAGE#00000002' }],
  ['manualTaskRefusals', { pk: 'MANUAL_TASK#tsk_1', sk: 'REFUSED#00000000' }],
  ['requestCount', { pk: 'REQUESTS', sk: 'acme#354120000' }],
  ['journalEntry', { pk: 'PLATFORM#JOURNAL', sk: '2026-11-25T00:00:00.000Z#id' }],
  ['pendingDelivery', { pk: 'P#acme#WHK#whk_1#PENDING', sk: 'ord_1#00000002#0#dlv_1' }],
  ['simDay', { pk: 'P#acme#USE#8944200000000000001', sk: '2026-11-25#001' }],
  ['lateActivation', { pk: 'P#acme#OP#op_1', sk: 'LATE#00000000#00000001#orange#8944200000000000001' }],
];

describe('the key of each kind of item', () => {
  test('has an example of every kind', () => {
    expect([...new Set([...released, ...more].map(([kind]) => kind))].sort()).toEqual(Object.keys(itemKinds).sort());
  });

  test.each([...released, ...more])('%s: %j is of this kind alone, and is built from its values', (kind, key) => {
    expect(Object.entries(itemKinds).flatMap(([name, { matches }]) => (matches(key) ? [name] : []))).toEqual([kind]);
    expect(kindOf(key)).toBe(kind);
    const { key: build, parse } = itemKinds[kind];
    // Safe: the values are those of this kind. The compiler does not know which one it is.
    expect((build as (values: unknown) => Key)(parse(key))).toEqual(key);
  });

  test('of an unknown item has no kind', () => {
    expect(kindOf({ pk: 'P#acme', sk: 'WHAT#1' })).toBeUndefined();
  });
});

test('docs/data-model.md documents the keys of each kind of item', () => {
  const document = readFileSync(new URL('../../../docs/data-model.md', import.meta.url), 'utf8');
  const section = /## Items\n([\s\S]*?)\n## /.exec(document)?.[1] ?? '';
  const rows = [...section.matchAll(/^\| ([^|]+) \| `([^|`]+)` \| (.+) \|$/gm)];
  const patternOf = (text: string, value: string) => new RegExp(`^(${text.replaceAll(/<[^>]+>|its id/g, value)})$`);
  const describedBy = ({ pk, sk }: Key) =>
    rows.flatMap(([, name = '', partition = '', sort = '']) =>
      patternOf(partition.replace('P#<P>', '(P#<P>|PLATFORM)'), '[^#]+').test(pk) &&
      patternOf(sort.replaceAll('`', '').replaceAll(', ', '|'), '.+').test(sk)
        ? [name]
        : [],
    );
  const found = [...released, ...more].map(([kind, key]) => ({ kind, rows: describedBy(key) }));
  expect(found.filter((example) => example.rows.length !== 1)).toEqual([]);
  expect(new Set(found.flatMap((example) => example.rows)).size).toBe(rows.length);
  expect(rows).toHaveLength(Object.keys(itemKinds).length);
});

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { OperatorUnavailable, type UsagePage } from '../../../domain/operator-port.ts';
import {
  type GatewayToSandbox,
  type GatewayToScript,
  gatewayToSandbox,
  gatewayToScript,
  type ScriptedAnswer,
} from './operators-under-test.ts';

const ICCID = '8944200000000000017';
/** Where an operator without earlier usage starts, on the clock of the test. */
const START = JSON.stringify({ until: '2020-01-01T00:00:00.000Z', read: [] });
/** A little more, in days. */
const HOUR = 1.01 / 24;

describe('usage of an operator on IoT Accelerator', () => {
  let operator: GatewayToSandbox;

  beforeEach(async () => {
    operator = await gatewayToSandbox({ kind: 'iot-accelerator', random: () => 0.999 });
  });
  afterEach(() => operator.sandbox.stop());

  /** All pages from a cursor on, as the collector reads them. */
  async function collect(cursor = START): Promise<{ bytes: number[]; pages: UsagePage[]; cursor: string }> {
    const pages: UsagePage[] = [];
    for (let next = cursor; ; ) {
      const page = await operator.gateway.usageSince(next);
      pages.push(page);
      if (page.records.length + page.unreadable.length === 0) {
        return {
          bytes: pages.flatMap(({ records }) => records.map(({ bytes }) => bytes)),
          pages,
          cursor: page.nextCursor,
        };
      }
      next = page.nextCursor;
    }
  }

  const use = (bytes: number) => operator.sandbox.recordUsage('3uk', { iccid: ICCID, bytes, network: '23420' });

  test('comes from its files, each read once, and is complete until the date of the newest', async () => {
    use(100);
    expect((await collect()).bytes).toEqual([]);
    operator.clock.pass(HOUR);
    const first = await collect();
    expect(first.bytes).toEqual([100]);
    expect(first.pages[0]?.records[0]).toEqual({
      recordId: '3uk-0',
      iccid: ICCID,
      bytes: 100,
      at: expect.stringMatching(/Z$/),
      network: '23420',
    });
    use(20);
    use(3);
    operator.clock.pass(HOUR);
    use(4_000);
    operator.clock.pass(HOUR);
    const next = await collect(first.cursor);
    expect(next.bytes).toEqual([20, 3, 4_000]);
    const newest = new Date(Math.floor(operator.clock.now().getTime() / 3_600_000) * 3_600_000).toISOString();
    expect(next.pages.at(-1)).toMatchObject({ records: [], completeUntil: newest });
    expect((await collect(next.cursor)).bytes).toEqual([]);
    // Files of earlier days are not listed again, so that the cursor stays short.
    operator.clock.pass(3);
    use(5);
    operator.clock.pass(HOUR);
    const later = await collect(next.cursor);
    expect(later.bytes).toEqual([5]);
    expect(JSON.parse(later.cursor)).toMatchObject({ read: [expect.any(String)] });
  });

  test('of a large file comes in pages of 5,000 records', async () => {
    for (let record = 0; record < 5_001; record += 1) {
      use(1);
    }
    operator.clock.pass(HOUR);
    const { pages } = await collect();
    expect(pages.map(({ records }) => records.length)).toEqual([5_000, 1, 0]);
    expect(operator.calls.length).toBeGreaterThan(0);
  });

  test('in repeated rows has the same ids', async () => {
    operator.sandbox.behave('3uk', { duplicateAnswers: true });
    use(7);
    operator.clock.pass(HOUR);
    const { pages } = await collect();
    expect(pages[0]?.records.map(({ recordId }) => recordId)).toEqual(['3uk-0', '3uk-0']);
  });
});

describe('a usage file', () => {
  let operator: GatewayToScript | undefined;

  afterEach(() => operator?.stop());

  const token = { body: { access_token: 'a-token', expires_in: 3_600 } };
  const listed = (id: string, size = 100): ScriptedAnswer => ({
    body: { limit: 10_000, offset: 0, totalCount: 1, usages: [{ id, date: '2026-05-01T10:00:00Z', size }] },
  });

  async function read(...answers: ScriptedAnswer[]): Promise<UsagePage> {
    operator = await gatewayToScript([token, ...answers], {}, { kind: 'iot-accelerator' });
    return operator.gateway.usageSince(START);
  }

  test('may have other separators, quotes, no ids, and times without an offset', async () => {
    const page = await read(listed('f1'), {
      body: `\uFEFF"ICC","End Time",PLMN,"Uplink Bytes",Downlink Bytes,Record ID\n${ICCID},2026-05-01 09:59:59,234-20,1,2,r1\n\n`,
    });
    expect(page).toMatchObject({
      records: [{ recordId: 'r1', iccid: ICCID, at: '2026-05-01T09:59:59.000Z', bytes: 3, network: '23420' }],
      unreadable: [],
    });
    expect(operator?.asked.at(-1)?.path).toMatch(/\/business-analytics-service\/v1\/usages\/f1$/);
  });

  test('has rows that cannot be read, which are reported with their place', async () => {
    const page = await read(listed('f2'), {
      body: `Record ID;ICC;End Time;Uplink Bytes;Downlink Bytes;PLMN\nr1;${ICCID};2026-05-01T09:00:00Z;-1;2;23420\nr2;${ICCID};2026-05-01T09:00:00Z;1;2;23420\n`,
    });
    expect(page.records.map(({ recordId }) => recordId)).toEqual(['r2']);
    expect(page.unreadable).toEqual([
      {
        record: expect.objectContaining({ recordId: 'r1' }),
        problem: expect.stringMatching(/^row 1 of the file f2: bytes: /),
      },
    ]);
  });

  test.each([undefined, '500', 'no JSON'])('is read from the beginning with the cursor %j', async (cursor) => {
    const file = `Record ID,ICC,End Time,Uplink Bytes,Downlink Bytes,PLMN\nr1,${ICCID},2026-05-01T09:00:00Z,1,2,23420\n`;
    operator = await gatewayToScript([token, listed('f5'), { body: file }], {}, { kind: 'iot-accelerator' });
    expect((await operator.gateway.usageSince(cursor)).records).toHaveLength(1);
    const from = Date.parse(new URLSearchParams(operator.asked[1]?.path.split('?')[1]).get('fromDate') ?? '');
    expect((Date.now() - from) / 86_400_000).toBeCloseTo(91, 1);
  });

  test('that is too large is reported and passed', async () => {
    const page = await read(listed('f3', 20_000_001));
    expect(page.unreadable).toMatchObject([
      { record: { id: 'f3' }, problem: expect.stringMatching(/upload it in parts/) },
    ]);
    expect(JSON.parse(page.nextCursor)).toMatchObject({ read: ['f3'] });
  });

  test.each([
    ['an HTML page', '<html><body>Busy</body></html>'],
    ['without a column', `Record ID,ICC,End Time,Uplink Bytes,PLMN\nr1,${ICCID},2026-05-01T09:00:00Z,1,23420\n`],
    ['that is cut in a quote', `Record ID,ICC,End Time,Uplink Bytes,Downlink Bytes,PLMN\n"r1`],
  ])('%s is asked for again, and counts nothing', async (_, body) => {
    await expect(read(listed('f4'), ...Array<ScriptedAnswer>(3).fill({ body }))).rejects.toThrow(OperatorUnavailable);
    expect(operator?.asked).toHaveLength(5);
  });
});

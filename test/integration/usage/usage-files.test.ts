import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { UsageRecord } from '../../../domain/usage-record.ts';
import { eventually, useLocalCloud } from '../support/local-cloud.ts';
import { newIccids, settingsByHand } from '../support/operators-by-hand.ts';
import { is, type ServiceUsage, type Sim, type SimUsage } from '../support/partner.ts';
import { expectInvalid, expectProblem } from '../support/problems.ts';

const cloud = useLocalCloud();
const acme = cloud.partner(`acme-files-${process.pid}`);
const platform = cloud.as({ roles: ['platform'] });

const PATH = '/v1/platform/operators/a1/usage';
const HEADER = 'recordId,iccid,at,bytes,network';
const csv = { 'content-type': 'text/csv' };

type Taken = {
  records: number;
  counted: number;
  ownerless: number;
  untimely: number;
  otherOperator: number;
  conflicting: number;
  superseded: number;
  setAside: number;
  errors: { row: number; recordId: string; iccid: string; code: string; message: string }[];
};

/** An answer in which every record is counted, but for what is given. */
const taken = (records: number, counted = records, own: Partial<Taken> = {}): Taken => ({
  ...{
    records,
    counted,
    ownerless: 0,
    untimely: 0,
    otherOperator: 0,
    conflicting: 0,
    superseded: 0,
    setAside: 0,
    errors: [],
  },
  ...own,
});

const send = (text: string, headers: Record<string, string> = csv) => platform.post<Taken>(PATH, text, headers);
const fileOf = (...rows: string[]) => [HEADER, ...rows, ''].join('\r\n');
const rowOf = ({ recordId, iccid, at, bytes, network }: UsageRecord) => [recordId, iccid, at, bytes, network].join();

let sims: Sim[];

beforeAll(async () => {
  sims = await acme.simsInHolding({ operatorId: 'a1', quantity: 20 });
});

/** The scaled time when a test began: a record of the first test's time is older than 90 days within a minute. */
let at: string;

beforeEach(async () => {
  at = is(200, await cloud.api().get<{ now: string }>('/_local/clock')).now;
});

/** So many bytes that a SIM, which nobody else has in this file, has just used. */
function use(place: number, bytes: number): UsageRecord {
  const { iccid = '' } = sims[place] ?? {};
  return { recordId: `file-${randomUUID()}`, iccid, at, bytes, network: '23201' };
}

/** What a SIM used, in the hour of a record. */
async function bytesOf({ iccid, at }: UsageRecord): Promise<number> {
  const from = `${at.slice(0, 13)}:00:00.000Z`;
  const to = new Date(Date.parse(from) + 3_600_000).toISOString();
  const path = `/v1/sims/${iccid}/usage?from=${from}&to=${to}&granularity=hour`;
  return is(200, await acme.api.get<SimUsage>(path)).totalBytes;
}

describe('a file of usage', () => {
  test('counts each record once, however often it is sent', async () => {
    const [one, other] = [use(0, 300), use(0, 20)];
    const text = fileOf(rowOf(one), rowOf(other), rowOf(one));
    expect(is(200, await send(text))).toEqual(taken(3));
    expect(await bytesOf(one)).toBe(320);
    expect(is(200, await send(`${text}\r\n`))).toEqual(taken(3));
    const reordered = `network,bytes,at,iccid,recordId\n${rowOf(one).split(',').toReversed().join()}\n`;
    expect(is(200, await send(reordered, { 'content-type': 'text/csv; charset=utf-8; header=present' }))).toMatchObject(
      { records: 1, counted: 1 },
    );
    expect(await bytesOf(one)).toBe(320);
  });

  test('does not count records that the operator has reported', async () => {
    const used = use(1, 7_000);
    const { recordId: _, ...spent } = used;
    await cloud.operator('a1').uses(spent);
    await eventually(async () => expect(await bytesOf(used)).toBe(7_000));
    const [reported] = await cloud.operator('a1').usageOf(used.iccid);
    // The same moment, as a clock elsewhere has it.
    const at = new Date(Date.parse(used.at) + 2 * 3_600_000).toISOString().replace('Z', '+02:00');
    expect(is(200, await send(fileOf(rowOf({ ...used, recordId: reported?.recordId ?? '', at }))))).toMatchObject({
      counted: 1,
    });
    expect(await bytesOf(used)).toBe(7_000);
    is(200, await send(fileOf(rowOf({ ...use(1, 1), recordId: 'another' }))));
    expect(await bytesOf(used)).toBe(7_001);
  });

  test('is not needed after invalid records of the operator, which are dead-lettered while all others count', async () => {
    const [poisoned, sound] = [use(9, 9_007_199_254_740_991), use(10, 70)];
    for (const { recordId: _, ...spent } of [
      poisoned,
      poisoned,
      { ...poisoned, bytes: 1, network: 'constructor' },
      sound,
    ]) {
      await cloud.operator('a1').uses(spent);
    }
    await eventually(async () => expect(await bytesOf(sound)).toBe(70));
    expect(await bytesOf(poisoned)).toBe(0);
    const letters = await platform.get<{ items: { id: string; kind: string; subject: string; records?: string }[] }>(
      '/v1/platform/set-aside?limit=200',
    );
    const kept = is(200, letters).items.filter(({ records }) => records?.includes(poisoned.iccid));
    expect(kept.map(({ kind, subject }) => [kind, subject])).toEqual(kept.map(() => ['usage', 'a1']));
    expect(kept.map(({ records }) => records).join()).toMatch(/9007199254740991.*constructor/s);
    for (const { id } of kept) {
      expect((await platform.post(`/v1/platform/set-aside/${id}/put-back`)).status).toBe(204);
    }
  });

  test('fires alarms, as collected usage does', async () => {
    const scope = { iccid: sims[5]?.iccid };
    const fields = { name: 'Much', scope, measure: 'sim', threshold: { bytes: 100 }, action: 'suspend' };
    const { id } = is(201, await acme.api.post<{ id: string }>('/v1/alarms', fields));
    const [fired] = await eventually(async () => {
      // Taken each time, because a month can end in between.
      const { now } = is(200, await cloud.api().get<{ now: string }>('/_local/clock'));
      is(200, await send(fileOf(rowOf({ ...use(5, 100), at: now }))));
      const firings = await acme.all<{ subject: string; operationId: string }>(`/v1/alarms/${id}/firings`);
      expect(firings).not.toEqual([]);
      return firings;
    });
    expect(fired?.subject).toBe(scope.iccid);
    await acme.operationDone(fired?.operationId ?? '');
  });

  test('of an operator without an API completes usage until its newest record', async () => {
    const operatorId = `files-${process.pid}`.slice(-20);
    is(201, await platform.put(`/v1/platform/operators/${operatorId}`, settingsByHand));
    const [iccid = ''] = newIccids(1);
    const imports = `/v1/platform/partners/${acme.id}/imports?operatorId=${operatorId}`;
    is(200, await platform.post(imports, `iccid,state\n${iccid},in_holding\n`, csv));
    const read = async () => is(200, await acme.api.get<SimUsage>(`/v1/sims/${iccid}/usage`));
    expect(await read()).not.toHaveProperty('completeUntil');

    const hours = (count: number) => new Date(Date.parse(at) - count * 3_600_000).toISOString();
    const upload = (...times: string[]) =>
      platform.post<Taken>(
        `/v1/platform/operators/${operatorId}/usage`,
        fileOf(...times.map((time) => rowOf({ ...use(0, 1), recordId: randomUUID(), iccid, at: time }))),
        csv,
      );
    is(200, await upload(hours(5), hours(3), hours(4)));
    expect((await read()).completeUntil).toBe(hours(3));
    // A correction of an earlier time takes nothing back.
    is(200, await upload(hours(30)));
    expect((await read()).completeUntil).toBe(hours(3));
    const holding = `/v1/partner-services/psv_holding_${operatorId}/usage`;
    expect(is(200, await acme.api.get<ServiceUsage>(holding)).completeUntil).toBe(hours(3));
  });

  test('rejects unknown SIMs and times out of range, and reports how many', async () => {
    const good = use(2, 5);
    const text = fileOf(
      rowOf(good),
      rowOf({ ...use(2, 1), iccid: '8944990000000000000' }),
      rowOf({ ...use(2, 1), at: '2001-01-01T00:00:00Z' }),
      rowOf({ ...use(2, 1), at: '9000-01-01T00:00:00Z' }),
    );
    const answer = is(200, await send(text));
    expect(answer).toEqual(taken(4, 1, { ownerless: 1, untimely: 2, errors: answer.errors }));
    expect(answer.errors.map(({ row, code }) => [row, code])).toEqual([
      [3, 'invalid_iccid'],
      [4, 'untimely'],
      [5, 'untimely'],
    ]);
    expect(await bytesOf(good)).toBe(5);
  });

  test('lists the rows of unknown SIMs, of another operator, and of records that contradict earlier ones', async () => {
    const [used, own] = [use(6, 40), use(6, 1)];
    const rows = [
      used,
      { ...used, bytes: 41 },
      { ...used, recordId: `${used.recordId}-2`, iccid: '8944990000000000003' },
      { ...used, at: new Date(Date.parse(used.at) + 86_400_000 - 1).toISOString() },
    ];
    const { errors, ...counts } = is(200, await send(fileOf(...rows.map(rowOf))));
    expect({ ...counts, errors: [] }).toEqual(taken(4, 2, { ownerless: 1, conflicting: 1 }));
    expect(errors).toMatchObject([
      { row: 3, recordId: used.recordId, iccid: used.iccid, code: 'conflicting_record' },
      { row: 4, code: 'unknown_sim' },
    ]);
    expect(await bytesOf(used)).toBe(40);

    const atOther = await platform.post<Taken>(PATH.replace('a1', '3uk'), fileOf(rowOf(own)), csv);
    const other = { row: 2, recordId: own.recordId, iccid: own.iccid, code: 'other_operator' };
    expect(is(200, atOther)).toMatchObject({ counted: 0, otherOperator: 1, errors: [other] });
    expect(await bytesOf(used)).toBe(40);
  });

  test('counts volumes whose sum exceeds safe integers, and returns the largest safe sum', async () => {
    const [first] = [use(7, 0)];
    const rows = Array.from({ length: 95 }, (_, n) =>
      rowOf({ ...first, recordId: `${first.recordId}-${n}`, bytes: 100_000_000_000_000 }),
    );
    expect(is(200, await send(fileOf(...rows)))).toEqual(taken(95));
    expect(await bytesOf(first)).toBe(Number.MAX_SAFE_INTEGER);
    const { partnerServiceId } = sims[7] ?? {};
    const period = first.at.slice(0, 7);
    const path = `/v1/partner-services/${partnerServiceId}/usage?period=${period}`;
    expect(is(200, await acme.api.get(path))).toMatchObject({ usedBytes: Number.MAX_SAFE_INTEGER });
    expectInvalid(await send(fileOf(rowOf({ ...first, bytes: 999_999_999_999_999 }))), [['/rows/0/bytes', 'too_big']]);
  });

  test('counts thousands of records and hundreds of networks of a SIM and day', async () => {
    const first = use(8, 1);
    const rows = (from: number) =>
      Array.from({ length: 5_000 }, (_, n) =>
        rowOf({ ...first, recordId: `many-${from + n}`, network: String(20_000 + ((from + n) % 300)) }),
      );
    expect(is(200, await send(fileOf(...rows(0))))).toEqual(taken(5_000));
    expect(is(200, await send(fileOf(...rows(5_000))))).toEqual(taken(5_000));
    expect(await bytesOf(first)).toBe(10_000);
  });

  test('may contain only its header row', async () => {
    expect(is(200, await send(fileOf()))).toEqual(taken(0));
  });

  test('counts nothing if any row is invalid, and reports all errors', async () => {
    const good = use(3, 5);
    const text = fileOf(
      rowOf(good),
      rowOf(good).replace(/^[^,]+/, ''),
      `r,SIM 1,${good.at},1.5,23201`,
      `r,${good.iccid},yesterday,-1,"a\nb"`,
    );
    expectInvalid(await send(text), [
      ['/rows/1/recordId', 'required'],
      ['/rows/2/iccid', 'invalid_format'],
      ['/rows/2/bytes', 'invalid_format'],
      ['/rows/3/at', 'invalid_format'],
      ['/rows/3/bytes', 'invalid_format'],
      ['/rows/3/network', 'invalid_format'],
    ]);
    expectInvalid(await send(`${HEADER},cost\r\n${rowOf(good)},1\r\n`), [['/columns/cost', 'unknown_field']]);
    expectInvalid(await send('recordId,iccid,at,bytes\r\n'), [['/columns/network', 'required']]);
    expectProblem(await send(`${fileOf(rowOf(good))}"`), 400, 'invalid_csv');
    expectProblem(await send(''), 400, 'invalid_csv');
    expectProblem(await send(text.replaceAll(',', ';')), 400, 'invalid_csv');
    expectInvalid(await send(fileOf(rowOf({ ...good, network: 'constructor' }))), [
      ['/rows/0/network', 'invalid_network'],
    ]);
    expect(await bytesOf(good)).toBe(0);
    const { errors } = expectProblem(await send(fileOf(...Array<string>(100).fill(',,,,'))), 422);
    expect(errors).toHaveLength(50);
  });

  test('has a maximum number of rows and bytes', async () => {
    // Of no SIM of ours: what is looked at here is how many they are.
    const row = (n: number) => `r${n},8944990000000000000,2001-01-01T00:00:00Z,1,23201`;
    const rows = Array.from({ length: 5_001 }, (_, n) => row(n));
    expect(is(200, await send(fileOf(...rows.slice(1))))).toMatchObject({ records: 5_000, untimely: 5_000 });
    expectInvalid(await send(fileOf(...rows)), [['/rows', 'too_big']]);
    expectProblem(await send(fileOf(...Array<string>(20_000).fill(row(1)))), 413, 'body_too_large');
  });

  test('needs the content type of CSV, an existing operator, and the platform role', async () => {
    const text = fileOf();
    expectProblem(await send(text, { 'content-type': 'application/json' }), 415, 'unsupported_media_type');
    expectProblem(await send('{}', {}), 415, 'unsupported_media_type');
    expectProblem(await platform.post('/v1/platform/operators/nobody/usage', text, csv), 404, 'not_found');
    expectProblem(await acme.api.post(PATH, text, csv), 403, 'forbidden');
  });

  test('gets the same response under its key, and another file under that key is refused', async () => {
    const record = use(4, 9);
    const headers = { ...csv, 'idempotency-key': randomUUID() };
    const first = await send(fileOf(rowOf(record)), headers);
    expect(is(200, first)).toMatchObject({ counted: 1 });
    const again = await send(fileOf(rowOf(record)), headers);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expectProblem(await send(fileOf(rowOf({ ...record, bytes: 10 })), headers), 422, 'key_reused');
    expect(await bytesOf(record)).toBe(9);
  });
});

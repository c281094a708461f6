import { describe, expect, test } from '@jest/globals';
import { idempotencyKey } from '../../../adapters/dynamodb/keys.ts';
import { useLocalCloud } from '../support/local-cloud.ts';
import { is, type Operation, type Order } from '../support/partner.ts';
import { expectProblem } from '../support/problems.ts';

const cloud = useLocalCloud();
const acme = cloud.partner('acme-keys');
const globex = cloud.partner('globex-keys');

let keys = 0;

/** A header with a key that was not used before. */
function newKey(): Record<string, string> {
  keys += 1;
  return { 'Idempotency-Key': `key ${keys}` };
}

const ids = (items: readonly { id: string }[]) => items.map(({ id }) => id).sort();

describe('a POST that is sent again with its key', () => {
  test.each([
    ['customers', () => ({ name: 'Keyed Ltd' })],
    ['partner-services', () => ({ name: 'Keyed', tariffId: 'trf_partner_all' })],
    ['customer-services', async () => ({ customerId: (await acme.aCustomer()).id, tariffId: 'trf_customer_all' })],
    ['orders', () => ({ operatorId: 'a1', quantity: 20 })],
  ])('creates one of the %s, and gets the same response', async (what, aBody) => {
    const [path, body, key] = [`/v1/${what}`, await aBody(), newKey()];
    const first = await acme.api.post<{ id: string }>(path, body, key);
    expect(first.status).toBe(201);
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    const before = ids(await acme.all(path));

    const again = await acme.api.post<{ id: string }>(path, body, key);
    expect(again.status).toBe(201);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    for (const header of ['location', 'etag', 'content-type']) {
      expect(again.headers.get(header)).toBe(first.headers.get(header));
    }
    expect(again.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'));
    expect(ids(await acme.all(path))).toEqual(before);
    expect(before).toContain(first.body.id);
  });

  test('starts one operation', async () => {
    const [sim] = await acme.simsInHolding({ operatorId: 'a1', quantity: 20 });
    const { partnerServiceId } = await acme.aPlan();
    const body = { select: { orderId: sim?.orderId }, partnerServiceId };
    const key = newKey();
    const first = is(202, await acme.api.post<Operation>('/v1/sims/migrate', body, key));
    await acme.operationDone(first.id);
    // As it was answered then, not as the operation is now.
    const again = await acme.api.post<Operation>('/v1/sims/migrate', body, key);
    expect(again.body).toEqual(first);
    expect(again.headers.get('location')).toBe(`/v1/operations/${first.id}`);

    // In stock already: nobody failed, so a retry is refused, and refused the same again.
    const retried = newKey();
    const refused = await acme.api.post(`/v1/operations/${first.id}/retry`, undefined, retried);
    expectProblem(refused, 409, 'wrong_state');
    const refusedAgain = await acme.api.post(`/v1/operations/${first.id}/retry`, undefined, retried);
    expect(refusedAgain.body).toEqual(refused.body);
    expect(refusedAgain.headers.get('idempotent-replayed')).toBe('true');
    const migrations = await acme.all<Operation>('/v1/operations?action=migrate');
    expect(migrations.filter(({ total }) => total === 20)).toHaveLength(1);
  });

  test('cancels an order once', async () => {
    await cloud.operator('orange').behaves({ leadTimeDays: 365 });
    const { id } = await acme.orders({ operatorId: 'orange', quantity: 50 });
    const key = newKey();
    const first = is(200, await acme.api.post<Order>(`/v1/orders/${id}/cancel`, undefined, key));
    expect(first.state).toBe('cancelled');
    expect(is(200, await acme.api.post<Order>(`/v1/orders/${id}/cancel`, undefined, key))).toEqual(first);
    expectProblem(await acme.api.post(`/v1/orders/${id}/cancel`, undefined, newKey()), 409, 'wrong_state');
    await cloud.operator('orange').behavesWell();
  });

  test('in progress is answered with 409, and concurrent requests create one resource', async () => {
    const [body, key] = [{ name: 'Sent by many' }, newKey()];
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => acme.api.post<{ id: string }>('/v1/customers', body, key)),
    );
    for (const answer of answers.filter(({ status }) => status !== 201)) {
      expectProblem(answer, 409, 'request_under_way');
      expect(answer.headers.get('retry-after')).toBe('1');
    }
    const made = answers.filter(({ status }) => status === 201).map(({ body: { id } }) => id);
    expect(new Set(made).size).toBe(1);
    expect(await acme.all('/v1/customers?q=sent%20by%20many')).toHaveLength(1);
  });
});

/** Changes what is kept of a key, as only time or a crash would. */
async function changeKept(
  key: Record<string, string>,
  expressions: { UpdateExpression: string; ExpressionAttributeValues: Record<string, { N: string }> },
): Promise<void> {
  const { pk, sk } = idempotencyKey({ partnerId: acme.id }, key['Idempotency-Key'] ?? '');
  const { endpoints, parts } = cloud.cloud();
  const response = await fetch(endpoints.dynamodb, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'DynamoDB_20120810.UpdateItem',
      // The engine of the local cloud looks whether a request is signed, not by whom.
      'x-amz-date': '20260101T000000Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=local/20260101/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
    },
    body: JSON.stringify({
      TableName: parts.tables[0]?.name,
      Key: { pk: { S: pk }, sk: { S: sk } },
      ConditionExpression: 'attribute_exists(#response)',
      ExpressionAttributeNames: { '#response': 'response' },
      ...expressions,
    }),
  });
  expect(await response.text()).toBe('{}');
}

describe('when the first attempt crashed after its work and before its response', () => {
  /** Puts the claim back to what such a crash leaves: nothing answered, and its time over. */
  const forgetAnswer = (key: Record<string, string>) =>
    changeKept(key, {
      UpdateExpression: 'SET heldUntil = :over REMOVE #response',
      ExpressionAttributeValues: { ':over': { N: '0' } },
    });

  test.each([
    ['customers', () => ({ name: 'Crashed Ltd' })],
    ['partner-services', () => ({ name: 'Crashed', tariffId: 'trf_partner_all' })],
    ['customer-services', async () => ({ customerId: (await acme.aCustomer()).id, tariffId: 'trf_customer_all' })],
    ['orders', async () => ({ operatorId: 'a1', quantity: 20, plan: await acme.aPlan() })],
  ])('the second attempt finds the %s of the first', async (what, aBody) => {
    const [path, body, key] = [`/v1/${what}`, await aBody(), newKey()];
    const first = is(201, await acme.api.post<{ id: string; createdAt: string }>(path, body, key));
    await forgetAnswer(key);
    const before = ids(await acme.all(path));

    const again = await acme.api.post<{ id: string; createdAt: string }>(path, body, key);
    expect(is(201, again)).toMatchObject({ id: first.id, createdAt: first.createdAt });
    expect(again.headers.get('idempotent-replayed')).toBeNull();
    expect(ids(await acme.all(path))).toEqual(before);
    if (what === 'orders') {
      const { progress } = await acme.orderIn(first.id, 'fulfilled');
      expect(progress).toMatchObject({ received: 20, activated: 20 });
    }
    expect((await acme.api.post(path, body, key)).headers.get('idempotent-replayed')).toBe('true');
  });

  test('the second attempt also finds operations: a list of many SIMs, and a retry', async () => {
    const sims = await acme.simsInHolding({ operatorId: '3uk', quantity: 50 });
    const { customerId, customerServiceId } = await acme.aPlan();
    const body = { select: { iccids: sims.map(({ iccid }) => iccid) }, customerId, customerServiceId };
    const sent = async (path: string, sentBody: unknown) => {
      const key = newKey();
      const first = is(202, await acme.api.post<Operation>(path, sentBody, key));
      await forgetAnswer(key);
      const again = is(202, await acme.api.post<Operation>(path, sentBody, key));
      expect(again.id).toBe(first.id);
      return acme.operationDone(first.id);
    };
    const before = (await acme.all('/v1/operations')).length;
    // In holding, SIMs cannot be assigned: all of them fail, and so can be tried again.
    const operation = await sent('/v1/sims/assign', body);
    expect(operation).toMatchObject({ state: 'failed', total: 50, failed: 50 });
    expect(await sent(`/v1/operations/${operation.id}/retry`, undefined)).toMatchObject({ total: 50, failed: 50 });
    expect(await acme.all('/v1/operations')).toHaveLength(before + 2);
  });
});

describe('a key', () => {
  test('belongs to one request: another body or path is refused', async () => {
    const key = newKey();
    is(201, await acme.api.post('/v1/customers', { name: 'One' }, key));
    expectProblem(await acme.api.post('/v1/customers', { name: 'Other' }, key), 422, 'key_reused');
    const service = { name: 'One', tariffId: 'trf_partner_all' };
    expectProblem(await acme.api.post('/v1/partner-services', service, key), 422, 'key_reused');
    expect(await acme.all('/v1/customers?q=other')).toEqual([]);
  });

  test('belongs to its partner', async () => {
    const [body, key] = [{ name: 'Of both' }, newKey()];
    const ours = is(201, await acme.api.post<{ id: string }>('/v1/customers', body, key));
    const theirs = await globex.api.post<{ id: string }>('/v1/customers', body, key);
    expect(is(201, theirs).id).not.toBe(ours.id);
    expect(theirs.headers.get('idempotent-replayed')).toBeNull();
  });

  test('reveals no response to another partner', async () => {
    const [sim] = await acme.simsInHolding({ operatorId: 'a1', quantity: 20 });
    const { partnerServiceId } = await acme.aPlan();
    const bulk = { select: { orderId: sim?.orderId }, partnerServiceId };
    for (const [path, body, status, refusal] of [
      [`/v1/orders/${sim?.orderId}/cancel`, undefined, 409, 404],
      ['/v1/sims/migrate', { ...bulk, dryRun: true }, 200, 422],
      ['/v1/sims/migrate', bulk, 202, 422],
    ] as const) {
      const key = newKey();
      expect((await acme.api.post(path, body, key)).status).toBe(status);
      const theirs = await globex.api.post(path, body, key);
      expectProblem(theirs, refusal);
      expect(theirs.headers.get('idempotent-replayed')).toBeNull();
    }
  });

  test('is not used up by invalid input or missing rights', async () => {
    const key = newKey();
    expectProblem(await acme.api.post('/v1/customers', { nam: 'Misspelt' }, key), 422);
    const support = cloud.as({ partnerId: acme.id, roles: ['support'] });
    expectProblem(await support.post('/v1/customers', { name: 'Right' }, key), 403, 'forbidden');
    is(201, await acme.api.post('/v1/customers', { name: 'Right' }, key));
  });

  test('expires after a day, even before DynamoDB has removed its item', async () => {
    const key = newKey();
    is(201, await acme.api.post('/v1/customers', { name: 'Of yesterday' }, key));
    await changeKept(key, {
      UpdateExpression: 'SET expiresAt = expiresAt - :day',
      ExpressionAttributeValues: { ':day': { N: String(24 * 3600) } },
    });
    const today = await acme.api.post<{ name: string }>('/v1/customers', { name: 'Of today' }, key);
    expect(is(201, today).name).toBe('Of today');
  });

  test('has 1 to 255 printable characters', async () => {
    for (const key of ['x'.repeat(256), 'caf\u00e9']) {
      const problem = expectProblem(
        await acme.api.post('/v1/customers', { name: 'No' }, { 'Idempotency-Key': key }),
        422,
        'invalid_format',
      );
      expect(problem.errors?.map(({ pointer }) => pointer)).toEqual(['/headers/idempotency-key']);
    }
  });

  test('is ignored by methods other than POST', async () => {
    const { id } = await acme.aCustomer();
    const key = newKey();
    is(200, await acme.api.patch(`/v1/customers/${id}`, { name: 'First' }, key));
    const second = await acme.api.patch<{ name: string }>(`/v1/customers/${id}`, { name: 'Second' }, key);
    expect(is(200, second).name).toBe('Second');
  });
});

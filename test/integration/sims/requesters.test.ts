import { expect, test } from '@jest/globals';
import { withCheckDigit } from '../../../domain/iccid.ts';
import { type ApiClient, useLocalCloud } from '../support/local-cloud.ts';
import { is, type Operation, type Order, type Page } from '../support/partner.ts';

const cloud = useLocalCloud();
const partnerId = 'acme-requesters';
const acme = cloud.partner(partnerId);

type Named = Operation & { requestedByEmail?: string };
type SimEvent = { type: string; actor: string; actorEmail?: string };

/** A user whose token has an e-mail address, as those of the user pool have. */
async function userOf(sub: string, role: string): Promise<ApiClient> {
  const { issuer, audience } = cloud.cloud().issuer;
  const seconds = Math.floor(Date.now() / 1000);
  const claims = { iss: issuer, aud: audience, sub, iat: seconds, exp: seconds + 600, partner_id: partnerId };
  return cloud.api(await cloud.cloud().sign({ ...claims, roles: [role], email: `${sub}@acme.example` }));
}

const stranger = withCheckDigit('899999000000000001');

const as = (role: string) => cloud.as({ partnerId, roles: [role] });

test('an operation and a SIM’s timeline name the user to readers of the journal alone', async () => {
  const { partnerServiceId } = await acme.aPlan();
  const sims = await acme.simsInHolding({ operatorId: 'a1', quantity: 20 });
  const iccid = sims[0]?.iccid ?? '';
  const mia = await userOf('mia', 'deployment');
  const body = { select: { iccids: [iccid] }, partnerServiceId };
  const { id } = is(202, await mia.post<Named>('/v1/sims/migrate', body));
  await acme.operationDone(id);
  const seenBy = async (role: string) => {
    const [operation, list, events] = await Promise.all([
      as(role).get<Named>(`/v1/operations/${id}`),
      as(role).get<Page<Named>>('/v1/operations'),
      as(role).get<Page<SimEvent>>(`/v1/sims/${iccid}/events`),
    ]);
    const migrated = is(200, events).items.find(({ type }) => type === 'sim.migrated');
    expect(is(200, operation).requestedBy).toBe('mia');
    expect(migrated?.actor).toBe('mia');
    const listed = is(200, list).items.find((item) => item.id === id);
    return [is(200, operation).requestedByEmail, listed?.requestedByEmail, migrated?.actorEmail];
  };
  const email = 'mia@acme.example';
  for (const role of ['admin', 'provisioning', 'support', 'billing']) {
    expect([role, await seenBy(role)]).toEqual([role, [email, email, email]]);
  }
  for (const role of ['deployment', 'accounts']) {
    expect([role, await seenBy(role)]).toEqual([role, [undefined, undefined, undefined]]);
  }
});

test('a retry names the user who requested it', async () => {
  const [mia, ben] = [await userOf('mia', 'support'), await userOf('ben', 'support')];
  const body = { select: { iccids: [stranger] } };
  const { id } = is(202, await mia.post<Named>('/v1/sims/activate', body));
  await acme.operationDone(id);
  expect(is(202, await ben.post<Named>(`/v1/operations/${id}/retry`))).toMatchObject({
    requestedBy: 'ben',
    requestedByEmail: 'ben@acme.example',
  });
});

test('the operations of a plan name the user who placed the order', async () => {
  const plan = await acme.aPlan();
  const ada = await userOf('ada', 'admin');
  const order = is(201, await ada.post<Order>('/v1/orders', { operatorId: 'a1', quantity: 20, plan }));
  expect(order).not.toHaveProperty('requestedByEmail');
  const { operations } = await acme.orderIn(order.id, 'fulfilled');
  expect(operations.length).toBeGreaterThan(0);
  for (const { operationId } of operations) {
    expect(is(200, await as('admin').get<Named>(`/v1/operations/${operationId}`))).toMatchObject({
      requestedBy: 'ada',
      requestedByEmail: 'ada@acme.example',
    });
  }
});

test('an operation of a token without an e-mail address has none', async () => {
  const body = { select: { iccids: [stranger] } };
  const { id } = is(202, await as('admin').post<Named>('/v1/sims/activate', body));
  expect(is(200, await as('admin').get<Named>(`/v1/operations/${id}`))).not.toHaveProperty('requestedByEmail');
});

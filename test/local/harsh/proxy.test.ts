import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { type ServiceFaults, serveHarshProxy } from '../../../local/harsh/proxy.ts';
import { errorResponse } from '../../../local/harsh/requests.ts';
import { listenLocally } from '../../../local/listen.ts';

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) {
    await stop();
  }
});

const gentle: ServiceFaults = {
  breaks: () => false,
  refuses: () => undefined,
  respond: (call) => call.pass(),
  losesResponse: () => false,
  closesIdleAfter: () => undefined,
};

/** A service that echoes, a proxy in front of it, and a client that keeps one connection. */
async function aService(harshness: Partial<ServiceFaults>) {
  const handled: string[] = [];
  const service = await listenLocally(
    createServer(async (message, response) => {
      const body = await text(message);
      handled.push(`${message.headers['x-amz-target']} ${body}`);
      response.end(`echo of ${body}`);
    }),
  );
  const proxy = await serveHarshProxy(service.url, { ...gentle, ...harshness });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  stops.push(service.stop, proxy.stop, () => agent.destroy());
  async function send(body: string): Promise<string> {
    const call = request(proxy.url, { agent, method: 'POST', headers: { 'x-amz-target': 'Service.Do' } });
    call.end(body);
    const [answer] = await once(call, 'response');
    return `${answer.statusCode} ${await text(answer)}`;
  }
  return { handled, send, agent };
}

test('forwards calls and responses', async () => {
  const { send, handled } = await aService({});
  expect(await send('one')).toBe('200 echo of one');
  expect(handled).toEqual(['Service.Do one']);
});

test('refuses a call without effect', async () => {
  const { send, handled } = await aService({
    refuses: ({ operation }) => errorResponse(400, 'ThrottlingException', operation),
  });
  expect(await send('one')).toBe('400 {"__type":"ThrottlingException","message":"Do"}');
  expect(handled).toEqual([]);
});

test('loses a response after the call took effect', async () => {
  const { send, handled } = await aService({ losesResponse: () => true });
  await expect(send('one')).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(handled).toEqual(['Service.Do one']);
});

test('breaks a connection that is used again, without effect', async () => {
  const { send, handled } = await aService({ breaks: (isReused) => isReused });
  expect(await send('one')).toBe('200 echo of one');
  await expect(send('two')).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(handled).toEqual(['Service.Do one']);
});

test('closes an idle connection, and no other', async () => {
  const { send, agent } = await aService({ closesIdleAfter: () => 40 });
  await send('one');
  await send('two');
  expect(Object.values(agent.freeSockets)).toHaveLength(1);
  await pause(150);
  expect(Object.values(agent.freeSockets)).toHaveLength(0);
  expect(await send('three')).toBe('200 echo of three');
});

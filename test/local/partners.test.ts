import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openPartners } from '../../local/partners.ts';

let folder: string;
let server: Server;
let url: string;
/** How often the API still answers that a function did not answer in time. */
let unavailable: number;
let asked: string[];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'partners-'));
  asked = [];
  server = createServer((request, response) => {
    if (request.method === 'PUT') {
      asked.push(request.url ?? '');
      unavailable -= 1;
    }
    response.writeHead(request.method === 'PUT' && unavailable >= 0 ? 503 : 200).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

const opened = () => openPartners({ url, issuer: { token: async () => 'token' }, folder });

test('a tariff whose function does not answer in time is retried', async () => {
  unavailable = 2;
  await (await opened()).seed();
  expect(asked.length).toBe(new Set(asked).size + 2);
});

test('a function that never answers is reported', async () => {
  unavailable = 1000;
  await expect((await opened()).seed()).rejects.toThrow(/returned 503/);
});

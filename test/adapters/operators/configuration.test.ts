import { once } from 'node:events';
import { createServer } from 'node:http';
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { operatorsConfiguration, parseOperatorsConfiguration } from '../../../adapters/operators/configuration.ts';

const secret = { '3uk': { baseUrl: 'https://api.operator.test/v1/', apiKey: 'very-secret' } };

describe('the operators’ configuration', () => {
  test('is read from the secret, with base URLs without a trailing slash', () => {
    expect(parseOperatorsConfiguration(JSON.stringify(secret))).toEqual({
      '3uk': { baseUrl: 'https://api.operator.test/v1', apiKey: 'very-secret' },
    });
  });

  test('is empty in a new deployment, whose secret holds only the generated placeholder', () => {
    expect(parseOperatorsConfiguration(JSON.stringify({ placeholder: 'a9-Xb7' }))).toEqual({});
    expect(parseOperatorsConfiguration(JSON.stringify({ placeholder: 'a9-Xb7', ...secret }))).toHaveProperty('3uk');
  });

  test.each([
    ['no JSON', '{"3uk": {"apiKey": "very-secret"'],
    ['a wrong URL', JSON.stringify({ '3uk': { baseUrl: 'very-secret', apiKey: 'very-secret' } })],
    ['no credentials', JSON.stringify({ '3uk': { baseUrl: 'https://very-secret.test' } })],
    [
      'credentials that lack the password',
      JSON.stringify({ '3uk': { baseUrl: 'https://x.test', iotAccelerator: { username: 'very-secret' } } }),
    ],
    ['another protocol', JSON.stringify({ '3uk': { baseUrl: 'file:///very-secret', apiKey: 'x' } })],
    ['no key', JSON.stringify({ '3uk': { baseUrl: 'https://very-secret.test' } })],
    ['no text', undefined],
  ])('with %s is refused without revealing its content', (_, text) => {
    let error: unknown;
    try {
      parseOperatorsConfiguration(text);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ name: 'OperatorUnavailable' });
    expect(inspect(error, { depth: 10 }).replace(/test\/.*\.ts/g, '')).not.toContain('very-secret');
  });
});

describe('the secret', () => {
  const environment = { ...process.env };
  let reads: string[];
  let stored: unknown;
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) {
      body += String(chunk);
    }
    reads.push(JSON.parse(body).SecretId);
    response.writeHead(stored === undefined ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(
      JSON.stringify(
        stored === undefined
          ? { __type: 'ResourceNotFoundException', message: 'no such secret' }
          : { Name: 'operators', SecretString: JSON.stringify(stored) },
      ),
    );
  });

  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    Object.assign(process.env, {
      OPERATORS_SECRET: 'operators',
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    });
  });
  beforeEach(() => {
    reads = [];
  });
  afterAll(async () => {
    process.env = environment;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  });

  test('is read once for many calls', async () => {
    stored = secret;
    const first = await operatorsConfiguration();
    expect(await operatorsConfiguration()).toEqual(first);
    expect(first['3uk']?.apiKey).toBe('very-secret');
    expect(reads).toEqual(['operators']);
  });

  test('that is missing makes the operators unavailable', async () => {
    stored = undefined;
    // What was read of another one is kept for minutes.
    process.env.OPERATORS_SECRET = 'operators-of-nobody';
    await expect(operatorsConfiguration()).rejects.toMatchObject({ name: 'OperatorUnavailable' });
    expect(reads).toEqual(['operators-of-nobody']);
    delete process.env.OPERATORS_SECRET;
    await expect(operatorsConfiguration()).rejects.toThrow(/OPERATORS_SECRET is not set/);
  });
});

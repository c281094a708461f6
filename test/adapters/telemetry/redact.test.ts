import { Logger } from '@aws-lambda-powertools/logger';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { redact } from '../../../adapters/telemetry/redact.ts';

const scrubbed = (value: unknown) => JSON.stringify(value, redact);
const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl';

describe('a log line', () => {
  test.each([
    ['a token', { authorization: `Bearer ${jwt}` }, jwt],
    ['a token inside a text', `the request with Bearer ${jwt} failed`, jwt],
    ['a token without its scheme', { message: `got ${jwt}` }, jwt],
    ["an operator's key", { connection: { apiKey: 'very-secret' } }, 'very-secret'],
    ['a key in a body that is text', { body: '{"apiKey": "very-secret", "x": 1}' }, 'very-secret'],
    ["a webhook's secret", { detail: 'made whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' }, 'MfKQ9r8'],
    ['the token of a task', { taskToken: 'AAAAKgAAAAIAAAAA' }, 'AAAAKg'],
    ['an address', { order: { deliveryAddress: { name: 'Ada', lines: ['1 Dock Road'] } } }, 'Dock Road'],
    ['an e-mail address', { error: 'ada@acme.example is unknown' }, 'ada@acme'],
    ['a telephone number', 'called +447700900123', '447700900123'],
    ["a subscriber's number", { sims: [{ imsi: '234150000000001', msisdn: '+447700900123' }] }, '234150000000001'],
  ])('does not contain %s', (_, value, secret) => {
    expect(scrubbed(value)).not.toContain(secret);
    expect(scrubbed(value)).toContain('[redacted]');
  });

  test.each([
    ['a long word', 'a'.repeat(500_000)],
    ['many addresses without a domain', 'a@'.repeat(250_000)],
    ['dots and no at sign', 'a.'.repeat(250_000)],
    ['many beginnings of tokens', '-eyJaaaa'.repeat(60_000)],
    ['spaces after a scheme', `Bearer${' '.repeat(500_000)}`],
    ['a name without its value', `"imsi"${' '.repeat(500_000)}`],
  ])('is redacted in linear time: %s', (_, text) => {
    const begun = performance.now();
    scrubbed({ text });
    // A quadratic pattern takes minutes.
    expect(performance.now() - begun).toBeLessThan(3_000);
  });

  test('does not hold a token behind a dash, nor several in one run', () => {
    const line = scrubbed({ message: `id-${jwt}.${jwt} and ${jwt}` });
    expect(line).not.toContain('eyJ');
    expect(line).toContain('id-[redacted]');
  });

  test('keeps the details needed for diagnosis', () => {
    const line = {
      requestId: 'b2c1f0f5-9d1e-4a11-8c55-2f6c1d3c0a11',
      user: 'ada',
      partner: 'acme',
      iccid: '8944200000000000017',
      orderId: 'ord_01jd8y',
      durationMs: 12,
      at: '2026-11-24T10:00:00.000Z',
      detail: 'PUT /orders/ord_01jd8y: answered 503, after 3 tries',
    };
    expect(scrubbed(line)).toBe(JSON.stringify(line));
  });

  test('is JSON, whatever it contains', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(() => JSON.parse(scrubbed({ value }))).not.toThrow();
      }),
    );
  });
});

describe('the logger', () => {
  const lines: string[] = [];
  beforeEach(() => {
    lines.length = 0;
    process.env.POWERTOOLS_DEV = 'true';
    jest.spyOn(console, 'error').mockImplementation((line: unknown) => void lines.push(String(line)));
  });
  afterEach(() => {
    delete process.env.POWERTOOLS_DEV;
    jest.restoreAllMocks();
  });

  test('redacts errors, their causes and their stacks', () => {
    const cause = new Error(`refused: Bearer ${jwt}`);
    new Logger({ jsonReplacerFn: redact }).error('it broke', new Error(`for ada@acme.example`, { cause }));
    expect(lines.join()).toContain('it broke');
    expect(lines.join()).not.toContain('ada@acme.example');
    expect(lines.join()).not.toContain(jwt);
  });
});

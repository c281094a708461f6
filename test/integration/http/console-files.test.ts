import { beforeAll, describe, expect, test } from '@jest/globals';

/*
 * The console as a deployment serves it: headers, caching, deep links, and the API on the same origin. Set CONSOLE_URL to its address; without
 * it there is nothing to test.
 */

const url = process.env.CONSOLE_URL?.replace(/\/+$/, '');

const whereDeployed = url === undefined ? describe.skip : describe;

/** Requests a path as a browser does that opens it. */
const open = (path: string) => fetch(`${url}${path}`, { headers: { accept: 'text/html,*/*;q=0.8' } });

whereDeployed('the deployed console', () => {
  let index: string;

  beforeAll(async () => {
    index = await (await open('/')).text();
  });

  test('opens with strict headers, and without scripts in the page', async () => {
    const { status, headers } = await open('/');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^text\/html/);
    const policy = headers.get('content-security-policy') ?? '';
    const directives = new Map(policy.split('; ').map((directive) => [directive.split(' ')[0], directive]));
    expect(directives.get('default-src')).toBe("default-src 'none'");
    expect(directives.get('script-src')).toBe("script-src 'self'");
    expect(directives.get('frame-ancestors')).toBe("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(index).not.toMatch(/<script(?![^>]*\bsrc=)/);
  });

  test.each(['/orders', '/orders/ord_1', '/sims?state=active', '/signed-in'])('opens at %s', async (path) => {
    const answer = await open(path);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe(index);
    // Revalidated, so that a release is seen at once.
    expect(answer.headers.get('cache-control')).toBe('no-cache');
  });

  test('has files that browsers keep for a year, as their names change with their content', async () => {
    const files = [...index.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].flatMap(([, path]) => path ?? []);
    expect(files.length).toBeGreaterThan(1);
    for (const file of files) {
      const answer = await fetch(`${url}${file}`);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('cache-control')).toMatch(/max-age=31536000/);
      expect(answer.headers.get('cache-control')).toMatch(/immutable/);
      await answer.arrayBuffer();
    }
  });

  test('has the configuration of the sign-in, which is revalidated', async () => {
    const answer = await fetch(`${url}/config.json`);
    expect(answer.headers.get('cache-control')).toBe('no-cache');
    const configuration: unknown = await answer.json();
    expect(configuration).toMatchObject({
      issuer: expect.stringMatching(/^https?:\/\//),
      clientId: expect.stringMatching(/./),
      scope: expect.stringMatching(/\bopenid\b/),
    });
    // The policy lets the page call the issuer's endpoint for tokens.
    // Safe: the assertion above checks the issuer; endpoints are absent for issuers with a discovery document.
    const { issuer, endpoints } = configuration as { issuer: string; endpoints?: { token: string } };
    const { origin } = new URL(endpoints?.token ?? issuer);
    expect((await open('/')).headers.get('content-security-policy')).toContain(origin);
  });

  test('has the API on its own origin, whose errors stay the API’s', async () => {
    const refused = await fetch(`${url}/v1/orders`);
    expect(refused.status).toBe(401);
    expect(await refused.json()).toEqual({ message: 'Unauthorized' });
    const unknown = await open('/v1/nothing');
    expect(unknown.status).toBe(404);
    expect(unknown.headers.get('content-type')).toBe('application/problem+json');
    expect(await unknown.json()).toMatchObject({ status: 404, instance: expect.any(String) });
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });
});

/**
 * Requests to a local cloud that its console does not make: what exists before a journey, and the clock.
 *
 * @param url the address of the cloud, which may start later
 */
export function localApi(url: () => string) {
  async function send(method: string, path: string, body: unknown, token?: string): Promise<string> {
    const response = await fetch(url() + path, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(method === 'POST' && { 'idempotency-key': crypto.randomUUID() }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) {
      throw new Error(`${method} ${path} returned ${response.status}: ${text}`);
    }
    return text;
  }

  /** The API as a caller with these claims. */
  async function as(claims: { partnerId?: string; roles: readonly string[] }) {
    const { access_token: token }: { access_token: string } = JSON.parse(await send('POST', '/_local/token', claims));
    return (method: string, path: string, body?: unknown) => send(method, path, body, token);
  }

  const setClock = (change: { held?: boolean; now?: string }) => send('PUT', '/_local/clock', change);

  /** The time of the local cloud. */
  async function now(): Promise<string> {
    const clock: { now: string } = JSON.parse(await send('GET', '/_local/clock', undefined));
    return clock.now;
  }

  const moveClock = async (ms: number) => setClock({ now: new Date(Date.parse(await now()) + ms).toISOString() });

  /** A SIM of an operator uses data. */
  const use = (operatorId: string, usage: { iccid: string; bytes: number }) =>
    send('POST', `/_local/operators/${operatorId}/usage`, usage);

  /** The latest email to an address: its body in HTML. */
  async function emailTo(address: string): Promise<string> {
    const { items }: { items: { to: string; body: string }[] } = JSON.parse(
      await send('GET', '/_local/emails', undefined),
    );
    return items.find(({ to }) => to === address)?.body ?? '';
  }

  return { as, setClock, now, moveClock, use, emailTo };
}

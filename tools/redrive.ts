import { parseArgs } from 'node:util';
import * as z from 'zod';

// npm run redrive: lists failed work and redrives it (docs/operations.md).

const usage = `npm run redrive -- [options]
  --url <url>   the API; http://localhost:3000, the local cloud, when left out
  --id <id>     puts one piece of work back
  --all         puts everything back; without --id and --all it is only told
A token of the role platform is taken from the variable TOKEN; the local cloud makes one by itself.`;

const pageSchema = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      kind: z.string(),
      partnerId: z.string().optional(),
      subject: z.string(),
      error: z.string(),
      at: z.string(),
    }),
  ),
  nextCursor: z.string().optional(),
});
type DeadLetter = z.infer<typeof pageSchema>['items'][number];

try {
  await redrive(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}\n`);
  process.exitCode = 1;
}

async function redrive(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { url: { type: 'string' }, id: { type: 'string' }, all: { type: 'boolean' } },
  });
  const url = (values.url ?? 'http://localhost:3000').replace(/\/+$/, '');
  const headers = { authorization: `Bearer ${process.env.TOKEN ?? (await localToken(url))}` };
  const found = await listDeadLetters(url, headers);
  for (const { id, kind, partnerId, subject, error, at } of found) {
    process.stdout.write(`${at}  ${kind}  ${partnerId ?? ''} ${subject}\n  ${error}\n  --id ${id}\n`);
  }
  const chosen = found.filter(({ id }) => values.all === true || id === values.id);
  if (values.id !== undefined && chosen.length === 0) {
    throw new Error(`Nothing is set aside under ${values.id}.`);
  }
  for (const { id } of chosen) {
    await send(`${url}/v1/platform/set-aside/${id}/put-back`, { method: 'POST', headers });
  }
  process.stdout.write(`${found.length} set aside, ${chosen.length} of them put back\n`);
}

async function listDeadLetters(url: string, headers: Record<string, string>): Promise<DeadLetter[]> {
  const all: DeadLetter[] = [];
  let cursor: string | undefined;
  do {
    const query = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page = pageSchema.parse(await send(`${url}/v1/platform/set-aside?limit=200${query}`, { headers }));
    all.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return all;
}

async function localToken(url: string): Promise<string> {
  const body = JSON.stringify({ roles: ['platform'], sub: 'redrive' });
  const answer = await send(`${url}/_local/token`, { method: 'POST', body });
  return z.object({ access_token: z.string() }).parse(answer).access_token;
}

async function send(address: string, request: RequestInit): Promise<unknown> {
  const response = await fetch(address, request);
  const text = await response.text();
  if (!response.ok) {
    throw new Error(`${request.method ?? 'GET'} ${address} is answered ${response.status}: ${text}`);
  }
  return text === '' ? undefined : JSON.parse(text);
}

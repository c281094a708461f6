import * as z from 'zod';
import { runCommand, UsageError } from './command.ts';

// npm run redrive: lists failed work and redrives it (docs/operations.md).

const usage = `npm run redrive -- [options]
  --url <url>   the API. Default: http://localhost:3000, the local cloud
  --id <id>     redrives one dead letter
  --all         redrives all dead letters. Without --id and --all, the command only lists them
The environment variable TOKEN has a token of the role platform. The local cloud issues one without it.`;

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

await runCommand(
  {
    usage,
    options: {
      url: { type: 'string', default: 'http://localhost:3000' },
      id: { type: 'string' },
      all: { type: 'boolean' },
    },
  },
  async ({ values }) => {
    const url = values.url.replace(/\/+$/, '');
    const headers = { authorization: `Bearer ${process.env.TOKEN ?? (await localToken(url))}` };
    const found = await listDeadLetters(url, headers);
    for (const { id, kind, partnerId, subject, error, at } of found) {
      process.stdout.write(`${at}  ${kind}  ${partnerId ?? ''} ${subject}\n  ${error}\n  --id ${id}\n`);
    }
    const chosen = found.filter(({ id }) => values.all === true || id === values.id);
    if (values.id !== undefined && chosen.length === 0) {
      throw new UsageError(`No dead letter has the id ${values.id}.`);
    }
    for (const { id } of chosen) {
      await send(`${url}/v1/platform/set-aside/${id}/put-back`, { method: 'POST', headers });
    }
    process.stdout.write(`${found.length} dead letters, ${chosen.length} redriven\n`);
  },
);

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
    throw new Error(`${request.method ?? 'GET'} ${address} returned ${response.status}: ${text}`);
  }
  return text === '' ? undefined : JSON.parse(text);
}

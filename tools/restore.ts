import { parseArgs } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Key } from '../adapters/dynamodb/item-kind.ts';
import { kindOf } from '../adapters/dynamodb/item-kinds.ts';
import { differences, putBack } from './restored-items.ts';

// npm run restore: restores items from a table that was restored to an earlier time (docs/operations.md).

const usage = `npm run restore -- --from <table> --to <table> [options]
  --from <table>      the table as it was: restored to a moment, or from a backup
  --to <table>        the table that is in use
  --partner <id>      only what is of this partner; all, when left out
  --apply             puts back; without it, it is only told what would be
  --remove-newer      takes away what came since, too
  --endpoint <url>    a DynamoDB other than the cloud's
Credentials and region are taken as the AWS CLI takes them from the environment.`;

try {
  await restore(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}\n`);
  process.exitCode = 1;
}

async function restore(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      from: { type: 'string' },
      to: { type: 'string' },
      partner: { type: 'string' },
      apply: { type: 'boolean', default: false },
      'remove-newer': { type: 'boolean', default: false },
      endpoint: { type: 'string' },
    },
  });
  const { from, to, partner: partnerId, endpoint } = values;
  if (!from || !to || from === to) {
    throw new Error('--from and --to are two tables: the one that was restored, and the one that is in use.');
  }
  const client = new DynamoDBClient(endpoint === undefined ? {} : { endpoint });
  const restoration = { documents: DynamoDBDocumentClient.from(client), from, to, partnerId };
  const found = await differences(restoration);
  const { same, changed, gone, newer } = found;
  process.stdout.write(
    [
      `${same} items are as they were`,
      `${changed.length} were changed since${kindsIn(changed)}`,
      `${gone.length} were removed since${kindsIn(gone)}`,
      `${newer.length} came since${kindsIn(newer)}`,
      '',
    ].join('\n'),
  );
  if (values.apply) {
    await putBack(restoration, found, { removesNewer: values['remove-newer'] });
    const removed = values['remove-newer'] ? `, ${newer.length} taken away` : '';
    process.stdout.write(`done: ${changed.length + gone.length} put back${removed}\n`);
  } else {
    process.stdout.write('nothing was done: --apply does it\n');
  }
  client.destroy();
}

function kindsIn(keys: readonly Key[]): string {
  const counts = new Map<string, number>();
  for (const kind of keys.map((key) => kindOf(key) ?? 'unknown')) {
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts.size === 0 ? '' : `: ${[...counts].map(([kind, count]) => `${count} ${kind}`).join(', ')}`;
}

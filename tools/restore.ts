import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Key } from '../adapters/dynamodb/item-kind.ts';
import { kindOf } from '../adapters/dynamodb/item-kinds.ts';
import { asId } from '../domain/ids.ts';
import { runCommand, UsageError } from './command.ts';
import { differences, restoreItems } from './restored-items.ts';

// npm run restore: restores items from a table that was restored to an earlier time (docs/operations.md).

const usage = `npm run restore -- --from <table> --to <table> [options]
  --from <table>      the restored table: from point-in-time recovery, or from a backup
  --to <table>        the live table
  --partner <id>      only items of this partner. Default: all items
  --apply             restores the items. Without it, the command only reports the differences
  --remove-newer      also deletes items that are not in the restored table
  --endpoint <url>    the URL of another DynamoDB than that of AWS
Credentials and region come from the environment, as for the AWS CLI.`;

await runCommand(
  {
    usage,
    options: {
      from: { type: 'string' },
      to: { type: 'string' },
      partner: { type: 'string' },
      apply: { type: 'boolean', default: false },
      'remove-newer': { type: 'boolean', default: false },
      endpoint: { type: 'string' },
    },
  },
  async ({ values }) => {
    const { from, to, partner, endpoint } = values;
    if (!from || !to || from === to) {
      throw new UsageError(
        '--from and --to are required and name different tables: the restored one and the live one.',
      );
    }
    const client = new DynamoDBClient(endpoint === undefined ? {} : { endpoint });
    const restoration = {
      documents: DynamoDBDocumentClient.from(client),
      from,
      to,
      partnerId: partner === undefined ? undefined : asId('partner', partner),
    };
    const found = await differences(restoration);
    const { same, changed, gone, newer } = found;
    process.stdout.write(
      [
        `${same} items are unchanged`,
        `${changed.length} items have changed${kindsIn(changed)}`,
        `${gone.length} items were removed${kindsIn(gone)}`,
        `${newer.length} items are new${kindsIn(newer)}`,
        '',
      ].join('\n'),
    );
    if (values.apply) {
      await restoreItems(restoration, found, { removesNewer: values['remove-newer'] });
      const removed = values['remove-newer'] ? `, ${newer.length} deleted` : '';
      process.stdout.write(`done: ${changed.length + gone.length} restored${removed}\n`);
    } else {
      process.stdout.write('nothing was changed: add --apply to restore the items\n');
    }
    client.destroy();
  },
);

function kindsIn(keys: readonly Key[]): string {
  const counts = new Map<string, number>();
  for (const kind of keys.map((key) => kindOf(key) ?? 'unknown')) {
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts.size === 0 ? '' : `: ${[...counts].map(([kind, count]) => `${count} ${kind}`).join(', ')}`;
}

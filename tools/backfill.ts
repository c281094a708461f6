import { parseArgs } from 'node:util';
import pMap from 'p-map';
import { type BackfillSegment, backfillNext, backfillSegments, startBackfill } from '../adapters/dynamodb/backfill.ts';

// npm run backfill: rewrites items of earlier shapes and resumes where it stopped the last time (docs/changes.md).

const usage = `npm run backfill -- --table <name> [options]
  --table <name>      the table
  --endpoint <url>    a DynamoDB other than the cloud's
  --segments 4        into how many parts the table is cut, which are worked side by side
  --anew              begins at the start of the table, though an earlier run did not come to its end
Credentials and region are taken as the AWS CLI takes them from the environment.`;

try {
  await backfill(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}\n`);
  process.exitCode = 1;
}

async function backfill(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      table: { type: 'string' },
      endpoint: { type: 'string' },
      segments: { type: 'string', default: '4' },
      anew: { type: 'boolean', default: false },
    },
  });
  if (values.table === undefined) {
    throw new Error('--table is missing: it is the output TableName of the data stack.');
  }
  if (!/^([1-9]|[1-5]\d|6[0-4])$/.test(values.segments)) {
    throw new Error(`--segments is a number from 1 to 64, not "${values.segments}".`);
  }
  process.env.TABLE_NAME = values.table;
  if (values.endpoint !== undefined) {
    process.env.AWS_ENDPOINT_URL_DYNAMODB = values.endpoint;
  }
  const open = (await backfillSegments()).filter(({ finishedAt }) => finishedAt === undefined);
  const resumes = open.length > 0 && !values.anew;
  const parts = resumes ? open : await startBackfill(Number(values.segments), new Date());
  process.stdout.write(resumes ? `goes on in ${parts.length} parts\n` : `begins in ${parts.length} parts\n`);
  const ended = await pMap(parts, runToEnd, { concurrency: parts.length });
  const sum = (count: (part: BackfillSegment) => number) => ended.reduce((all, part) => all + count(part), 0);
  process.stdout.write(`done: ${sum(({ looked }) => looked)} items, ${sum(({ written }) => written)} upgraded\n`);
}

async function runToEnd(started: BackfillSegment): Promise<BackfillSegment> {
  let part = started;
  while (part.finishedAt === undefined) {
    const next = await backfillNext(part, new Date());
    if (!next) {
      throw new Error('Another run has begun: this one ends.');
    }
    part = next;
    process.stdout.write(`part ${part.segment}: ${part.looked} items, ${part.written} upgraded\n`);
  }
  return part;
}

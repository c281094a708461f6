import pMap from 'p-map';
import { type BackfillSegment, backfillNext, backfillSegments, startBackfill } from '../adapters/dynamodb/backfill.ts';
import { runCommand, UsageError, wholeNumber } from './command.ts';

// npm run backfill: rewrites items of earlier shapes and resumes where it stopped the last time (docs/changes.md).

const usage = `npm run backfill -- --table <name> [options]
  --table <name>      the table
  --endpoint <url>    the URL of another DynamoDB than that of AWS
  --segments 4        the number of segments, which are processed concurrently
  --restart           starts at the beginning of the table, even if an earlier run did not finish
Credentials and region come from the environment, as for the AWS CLI.`;

await runCommand(
  {
    usage,
    options: {
      table: { type: 'string' },
      endpoint: { type: 'string' },
      segments: { type: 'string', default: '4' },
      restart: { type: 'boolean', default: false },
    },
  },
  async ({ values }) => {
    if (values.table === undefined) {
      throw new UsageError('--table is required. Its value is the output TableName of the data stack.');
    }
    const count = wholeNumber('--segments', values.segments, { max: 64 });
    process.env.TABLE_NAME = values.table;
    if (values.endpoint !== undefined) {
      process.env.AWS_ENDPOINT_URL_DYNAMODB = values.endpoint;
    }
    const unfinished = (await backfillSegments()).filter(({ finishedAt }) => finishedAt === undefined);
    const resumes = unfinished.length > 0 && !values.restart;
    const segments = resumes ? unfinished : await startBackfill(count, new Date());
    process.stdout.write(`${resumes ? 'resumes' : 'starts'} ${segments.length} segments\n`);
    const finished = await pMap(segments, processSegment, { concurrency: segments.length });
    const sum = (count: (segment: BackfillSegment) => number) => finished.reduce((all, one) => all + count(one), 0);
    process.stdout.write(`done: ${sum(({ looked }) => looked)} items, ${sum(({ written }) => written)} upgraded\n`);
  },
);

async function processSegment(started: BackfillSegment): Promise<BackfillSegment> {
  let segment = started;
  while (segment.finishedAt === undefined) {
    const next = await backfillNext(segment, new Date());
    if (!next) {
      throw new Error('Another run has started, so this run stops.');
    }
    segment = next;
    process.stdout.write(`segment ${segment.segment}: ${segment.looked} items, ${segment.written} upgraded\n`);
  }
  return segment;
}

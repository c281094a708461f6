import { createHash } from 'node:crypto';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetShardIteratorCommand,
  type Shard,
} from '@aws-sdk/client-dynamodb-streams';
import * as z from 'zod';
import type { Failures } from '../failures.ts';
import type { Harsh } from '../harsh/harsh-mode.ts';
import type { Functions } from '../lambda/functions.ts';
import type { Log } from '../log.ts';
import { StartError } from '../start-error.ts';
import { readStored, store } from '../stored-json.ts';
import { region } from '../template/identity.ts';
import type { Parts, StreamReaderPart, TablePart } from '../template/parts.ts';
import { filterOf } from './filters.ts';
import { batchesOf, deliverBatch, MAX_BATCH_BYTES, type StreamRecord } from './stream-batches.ts';

export type StreamReaders = { stop(): Promise<void> };

type Options = {
  endpoint: string;
  functions: Functions;
  failures: Failures;
  folder: string;
  log: Log;
  harsh?: Pick<Harsh, 'repeatsRecords'> | undefined;
};

/** A reader that finds no records backs off: a machine may run many clouds. */
const FIRST_PAUSE_MS = 20;
const MAX_PAUSE_MS = 250;
/** The delay before a failed read is retried. */
const RETRY_DELAY_MS = 1000;
/** The records per call; 1,000 is DynamoDB's maximum. */
const RECORDS_PER_CALL = 1000;

/** The sequence number of the last handled record of each shard. */
const positionsSchema = z.record(z.string(), z.string());
type Positions = z.infer<typeof positionsSchema>;

const recordsSchema = z.object({
  Records: z.array(z.looseObject({ dynamodb: z.looseObject({ SequenceNumber: z.string() }) })),
  NextShardIterator: z.string().optional(),
});

/**
 * Reads the tables' streams for the functions of the template's event source mappings, in order and at least once. The data
 * folder stores the position of each reader.
 *
 * @throws StartError when a mapping names an unknown function or stream, or uses an unsupported filter
 */
export function startStreamReaders(parts: Parts, options: Options): StreamReaders {
  const { endpoint, functions, log } = options;
  const stopping = new AbortController();
  const client = { endpoint, region, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
  const tables = new DynamoDBClient(client);
  const streams = new DynamoDBStreamsClient(client);
  const readers = parts.streamReaders.map((part) => {
    const who = `The reader of ${part.streamArn}`;
    functions.assertExists(part.functionArn, who);
    const table = parts.tables.find(({ streamArn }) => streamArn === part.streamArn);
    if (table?.streamView === undefined) {
      throw new StartError(`${who} (${part.functionArn}) reads a stream that no table of the template has.`);
    }
    const filters = part.filters.map((pattern) => filterOf(pattern, who));
    const passes = (record: StreamRecord) => filters.length === 0 || filters.some((filter) => filter(record));
    return { part, table, passes };
  });
  const { signal } = stopping;
  const running = readers.map(async (reader) => {
    while (!signal.aborted) {
      try {
        await read(reader, { ...options, tables, streams, stopping: signal });
      } catch (error) {
        if (!signal.aborted) {
          log(`Reading the stream of ${reader.table.name} failed and is retried: ${String(error)}`);
        }
        await sleep(RETRY_DELAY_MS, undefined, { signal, ref: false }).catch(() => undefined);
      }
    }
  });
  return {
    async stop() {
      stopping.abort();
      await Promise.all(running);
      tables.destroy();
      streams.destroy();
    },
  };
}

type Reader = { part: StreamReaderPart; table: TablePart; passes: (record: StreamRecord) => boolean };
type Reading = Options & { tables: DynamoDBClient; streams: DynamoDBStreamsClient; stopping: AbortSignal };

async function read(reader: Reader, reading: Reading): Promise<void> {
  const { tables, streams, stopping, folder } = reading;
  const file = path.join(folder, `stream-of-${reader.part.name}.json`);
  const positions: Positions = (await readStored(file, positionsSchema)) ?? {};
  const { Table } = await tables.send(new DescribeTableCommand({ TableName: reader.table.name }));
  if (Table?.LatestStreamArn === undefined) {
    throw new StartError(
      `The table ${reader.table.name} has no stream: it was created before the template required one.`,
    );
  }
  const StreamArn = Table.LatestStreamArn;
  const iterators = new Map<string, string>();
  const ended = new Set<string>();
  let shards: readonly Shard[] = [];
  let pause = FIRST_PAUSE_MS;
  while (!stopping.aborted) {
    const open = shards.filter(({ ShardId = '' }) => !ended.has(ShardId));
    if (open.length === 0) {
      // A closed shard has successors.
      shards = await shardsOf(streams, StreamArn);
    }
    let found = 0;
    // Read a parent shard before its children.
    for (const { ShardId = '' } of open.filter(({ ParentShardId = '' }) => !openIn(shards, ended, ParentShardId))) {
      const position = positions[ShardId];
      iterators.set(ShardId, iterators.get(ShardId) ?? (await iteratorFor(streams, StreamArn, ShardId, position)));
      const { Records, NextShardIterator, areSmall } = await fetchRecords(reading.endpoint, iterators.get(ShardId));
      if (!(await handleInLanes(reader, reading, ShardId, Records, areSmall))) {
        return;
      }
      const last = Records.at(-1)?.dynamodb.SequenceNumber;
      if (last !== undefined) {
        positions[ShardId] = last;
        await store(file, positions);
      }
      if (NextShardIterator === undefined) {
        ended.add(ShardId);
      } else {
        iterators.set(ShardId, NextShardIterator);
      }
      found += Records.length;
    }
    pause = found > 0 ? FIRST_PAUSE_MS : Math.min(pause * 2, MAX_PAUSE_MS);
    await sleep(pause, undefined, { signal: stopping, ref: false }).catch(() => undefined);
  }
}

const openIn = (shards: readonly Shard[], ended: ReadonlySet<string>, id: string) =>
  shards.some(({ ShardId }) => ShardId === id) && !ended.has(id);

async function shardsOf(streams: DynamoDBStreamsClient, StreamArn: string): Promise<Shard[]> {
  const shards: Shard[] = [];
  let last: string | undefined;
  do {
    const { StreamDescription } = await streams.send(
      new DescribeStreamCommand({ StreamArn, ExclusiveStartShardId: last }),
    );
    shards.push(...(StreamDescription?.Shards ?? []));
    last = StreamDescription?.LastEvaluatedShardId;
  } while (last !== undefined);
  return shards;
}

async function iteratorFor(
  streams: DynamoDBStreamsClient,
  StreamArn: string,
  ShardId: string,
  position: string | undefined,
): Promise<string> {
  const from = position === undefined ? 'TRIM_HORIZON' : 'AFTER_SEQUENCE_NUMBER';
  const command = { StreamArn, ShardId, ShardIteratorType: from, SequenceNumber: position } as const;
  try {
    const { ShardIterator = '' } = await streams.send(new GetShardIteratorCommand(command));
    return ShardIterator;
  } catch (error) {
    if (position === undefined) {
      throw error;
    }
    // The engine does not know the position: read from the start. Functions tolerate repeated records.
    return iteratorFor(streams, StreamArn, ShardId, undefined);
  }
}

/** Delivers batches concurrently, as many as the mapping allows. Records of one item are in one lane, in order. */
async function handleInLanes(
  reader: Reader,
  reading: Reading,
  shardId: string,
  records: readonly StreamRecord[],
  areSmall: boolean,
) {
  const { batchesPerShard } = reader.part;
  const lanes = Map.groupBy(records, ({ dynamodb: { Keys } }) => hashOf(JSON.stringify(Keys)) % batchesPerShard);
  const done = await Promise.all([...lanes.values()].map((lane) => handle(reader, reading, shardId, lane, areSmall)));
  return done.every((isDone) => isDone);
}

function hashOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE();
}

/** @returns whether all records were handled or given up; false when the cloud stops meanwhile. */
async function handle(
  { part, passes }: Reader,
  { functions, failures, stopping, harsh }: Reading,
  shardId: string,
  records: readonly StreamRecord[],
  areSmall: boolean,
): Promise<boolean> {
  const passed = records.map((record) => toLambdaRecord(record, part.streamArn)).filter(passes);
  for (const batch of batchesOf(passed, { batchSize: part.batchSize, areSmall })) {
    const isDone = await deliverBatch(batch, part, {
      async invoke(Records) {
        const event = JSON.stringify({ Records });
        const result = await functions.invoke(part.functionArn, event);
        return harsh?.repeatsRecords() ? functions.invoke(part.functionArn, event) : result;
      },
      stopping,
      giveUp: ({ records: exhausted, invocations, requestId }) => {
        if (part.onFailure !== undefined) {
          failures.add(part.onFailure, {
            version: '1.0',
            timestamp: new Date().toISOString(),
            requestContext: {
              requestId,
              functionArn: part.functionArn,
              condition: 'RetryAttemptsExhausted',
              approximateInvokeCount: invocations,
            },
            responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
            DDBStreamBatchInfo: {
              shardId,
              startSequenceNumber: exhausted[0]?.dynamodb.SequenceNumber,
              endSequenceNumber: exhausted.at(-1)?.dynamodb.SequenceNumber,
              batchSize: exhausted.length,
              streamArn: part.streamArn,
            },
          });
        }
      },
    });
    if (!isDone) {
      return false;
    }
  }
  return true;
}

/**
 * Fetches the next records of a shard. Keeps the engine's JSON, which is what Lambda delivers: the SDK's parsing of each
 * attribute took more time of the main thread than everything else.
 */
async function fetchRecords(
  endpoint: string,
  iterator: string | undefined,
): Promise<z.infer<typeof recordsSchema> & { areSmall: boolean }> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'DynamoDBStreams_20120810.GetRecords',
      // Engines require a signature and do not verify it.
      'x-amz-date': '20260101T000000Z',
      authorization: `AWS4-HMAC-SHA256 Credential=local/20260101/${region}/dynamodb/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify({ ShardIterator: iterator, Limit: RECORDS_PER_CALL }),
  });
  const text = await response.text();
  if (!response.ok) {
    throw new Error(`GetRecords answers ${response.status}: ${text}`);
  }
  // A UTF-16 code unit takes at most three bytes of UTF-8.
  return { ...recordsSchema.parse(JSON.parse(text)), areSmall: text.length * 3 < MAX_BATCH_BYTES };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html */
function toLambdaRecord(record: StreamRecord, streamArn: string): StreamRecord {
  return { ...record, awsRegion: region, eventSourceARN: streamArn };
}

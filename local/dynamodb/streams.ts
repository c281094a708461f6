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
import { Refusal } from '../start-error.ts';
import { readStored, store } from '../stored-json.ts';
import { region } from '../template/identity.ts';
import type { Parts, StreamReaderPart, TablePart } from '../template/parts.ts';
import { filterOf } from './filters.ts';
import { batchesOf, handOver, MAX_BATCH_BYTES, type StreamRecord } from './stream-batches.ts';

export type StreamReaders = { stop(): Promise<void> };

type Options = {
  endpoint: string;
  functions: Functions;
  failures: Failures;
  folder: string;
  log: Log;
  harsh?: Pick<Harsh, 'repeatsRecords'> | undefined;
};

/** A reader that finds nothing looks less and less often: a machine may run many clouds. */
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 250;
/** An engine that does not answer is asked again after this. */
const AFTER_ERROR_MS = 1000;
/** How many records one call asks for; 1,000 is the most that DynamoDB gives. */
const RECORDS_PER_CALL = 1000;

/** Up to which record each shard has been handled. */
const positionsSchema = z.record(z.string(), z.string());
type Positions = z.infer<typeof positionsSchema>;

const recordsSchema = z.object({
  Records: z.array(z.looseObject({ dynamodb: z.looseObject({ SequenceNumber: z.string() }) })),
  NextShardIterator: z.string().optional(),
});

/**
 * Reads the streams of tables for the functions that the template gives them to, in order and at least once. How far
 * each has come is kept in the data folder.
 *
 * @throws Refusal when a mapping names a function or a stream that is not there, or asks for what cannot be honoured
 */
export function startStreamReaders(parts: Parts, options: Options): StreamReaders {
  const { endpoint, functions, log } = options;
  const stopping = new AbortController();
  const client = { endpoint, region, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
  const tables = new DynamoDBClient(client);
  const streams = new DynamoDBStreamsClient(client);
  const readers = parts.streamReaders.map((part) => {
    const who = `The reader of ${part.streamArn}`;
    functions.mustHave(part.functionArn, who);
    const table = parts.tables.find(({ streamArn }) => streamArn === part.streamArn);
    if (table?.streamView === undefined) {
      throw new Refusal(`${who} (${part.functionArn}) names a stream that no table of the template has.`);
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
          log(`The stream of ${reader.table.name} cannot be read, and is tried again: ${String(error)}`);
        }
        await sleep(AFTER_ERROR_MS, undefined, { signal, ref: false }).catch(() => undefined);
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
    throw new Refusal(`The table ${reader.table.name} has no stream: it was made before the template asked for one.`);
  }
  const StreamArn = Table.LatestStreamArn;
  const iterators = new Map<string, string>();
  const ended = new Set<string>();
  let shards: readonly Shard[] = [];
  let pause = FIRST_PAUSE_MS;
  while (!stopping.aborted) {
    const open = shards.filter(({ ShardId = '' }) => !ended.has(ShardId));
    if (open.length === 0) {
      // A shard that has ended has others after it.
      shards = await shardsOf(streams, StreamArn);
    }
    let found = 0;
    // What a shard goes on from has been read before it.
    for (const { ShardId = '' } of open.filter(({ ParentShardId = '' }) => !openIn(shards, ended, ParentShardId))) {
      const position = positions[ShardId];
      iterators.set(ShardId, iterators.get(ShardId) ?? (await iteratorFor(streams, StreamArn, ShardId, position)));
      const { Records, NextShardIterator, areSmall } = await recordsAt(reading.endpoint, iterators.get(ShardId));
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
    pause = found > 0 ? FIRST_PAUSE_MS : Math.min(pause * 2, LONGEST_PAUSE_MS);
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
    // An engine that forgot where it was is read from its start: functions are used to what comes again.
    return iteratorFor(streams, StreamArn, ShardId, undefined);
  }
}

/** Hands over several batches at a time, as many as the mapping allows: the records of one item are in one lane, in order. */
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

/** @returns whether all records are done with; not when the cloud stops meanwhile. */
async function handle(
  { part, passes }: Reader,
  { functions, failures, stopping, harsh }: Reading,
  shardId: string,
  records: readonly StreamRecord[],
  areSmall: boolean,
): Promise<boolean> {
  const passed = records.map((record) => asLambdaSees(record, part.streamArn)).filter(passes);
  for (const batch of batchesOf(passed, { batchSize: part.batchSize, areSmall })) {
    const isDone = await handOver(batch, part, {
      async invoke(Records) {
        const event = JSON.stringify({ Records });
        const result = await functions.invoke(part.functionArn, event);
        return harsh?.repeatsRecords() ? functions.invoke(part.functionArn, event) : result;
      },
      stopping,
      giveUp: ({ records: left, invocations, requestId }) => {
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
              startSequenceNumber: left[0]?.dynamodb.SequenceNumber,
              endSequenceNumber: left.at(-1)?.dynamodb.SequenceNumber,
              batchSize: left.length,
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
 * What comes after a place in a shard, as the engine's JSON has it, which is how Lambda hands it over. The SDK would take
 * each attribute apart to put it together again: that took more of the main thread than all else that it does.
 */
async function recordsAt(
  endpoint: string,
  iterator: string | undefined,
): Promise<z.infer<typeof recordsSchema> & { areSmall: boolean }> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'DynamoDBStreams_20120810.GetRecords',
      // Engines ask that a request is signed, and look no further.
      'x-amz-date': '20260101T000000Z',
      authorization: `AWS4-HMAC-SHA256 Credential=local/20260101/${region}/dynamodb/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify({ ShardIterator: iterator, Limit: RECORDS_PER_CALL }),
  });
  const text = await response.text();
  if (!response.ok) {
    throw new Error(`GetRecords answers ${response.status}: ${text}`);
  }
  // A character has three bytes of UTF-8 at the most.
  return { ...recordsSchema.parse(JSON.parse(text)), areSmall: text.length * 3 < MAX_BATCH_BYTES };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html */
function asLambdaSees(record: StreamRecord, streamArn: string): StreamRecord {
  return { ...record, awsRegion: region, eventSourceARN: streamArn };
}

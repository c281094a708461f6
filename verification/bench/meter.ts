import { once } from 'node:events';
import { Agent, createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { table } from '../../adapters/dynamodb/table.ts';

/** Consumed units by index name; `table` stands for the table. */
export type Units = Record<string, number>;

export type Metered = {
  /** Calls by operation. */
  calls: Record<string, number>;
  read: Units;
  write: Units;
  /** Write units by partition key, for the table and each index. */
  keys: Record<string, Map<string, number>>;
};

export type Meter = {
  url: string;
  /** Returns what was consumed since the last call, and resets the meter. */
  take(): Metered;
  stop(): Promise<void>;
};

const TABLE = 'table';
const indexes = Object.values(table.indexes);

/** The used fields of DynamoDB's protocol. */
type Capacity = {
  CapacityUnits: number;
  Table?: { CapacityUnits?: number };
  GlobalSecondaryIndexes?: Record<string, { CapacityUnits?: number }>;
};
type EngineAnswer = { ConsumedCapacity?: Capacity | Capacity[] };
type Item = Record<string, { S?: string }>;
type Write = { Item?: Item; Key?: Item };
type WriteRequest = Write & { TransactItems?: Record<string, Write>[] };

const reads = new Set(['GetItem', 'BatchGetItem', 'Query', 'Scan', 'TransactGetItems']);

/**
 * Starts a proxy between the functions and a DynamoDB engine that sums up the consumed capacity of all calls. The cost of a changed
 * index key is attributed to both keys.
 */
export async function startMeter(engineUrl: string): Promise<Meter> {
  const engine = new URL(engineUrl);
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  let metered = emptyMetered();
  /** The index keys of each item at its last write. */
  const keysBefore = new Map<string, Record<string, string>>();

  function addUp(operation: string, body: string, text: string): void {
    const { ConsumedCapacity }: EngineAnswer = JSON.parse(text);
    const isRead = reads.has(operation);
    const units: Units = {};
    for (const { CapacityUnits, Table, GlobalSecondaryIndexes = {} } of [ConsumedCapacity ?? []].flat()) {
      const ofIndexes = Object.entries(GlobalSecondaryIndexes).map(
        ([name, of]) => [name, of.CapacityUnits ?? 0] as const,
      );
      const inIndexes = ofIndexes.reduce((sum, [, of]) => sum + of, 0);
      add(units, TABLE, Table?.CapacityUnits ?? CapacityUnits - inIndexes);
      for (const [name, of] of ofIndexes) {
        add(units, name, of);
      }
    }
    for (const [name, of] of Object.entries(units)) {
      add(isRead ? metered.read : metered.write, name, of);
    }
    if (!isRead) {
      attribute(JSON.parse(body), units);
    }
  }

  /** Attributes units to partition keys. */
  function attribute(request: WriteRequest, units: Units): void {
    const written = writtenIn(request);
    for (const { pk, sk, indexKeys } of written) {
      put(TABLE, pk, (units[TABLE] ?? 0) / written.length);
      const before = keysBefore.get(`${pk} ${sk}`) ?? {};
      for (const { name } of indexes) {
        const keys = [...new Set([before[name], indexKeys[name]])].filter((key) => key !== undefined);
        for (const key of keys) {
          put(name, key, (units[name] ?? 0) / keys.length / written.length);
        }
      }
      if (Object.keys(indexKeys).length > 0) {
        keysBefore.set(`${pk} ${sk}`, indexKeys);
      }
    }
  }

  function put(name: string, key: string, units: number): void {
    const keys = metered.keys[name];
    keys?.set(key, (keys.get(key) ?? 0) + units);
  }

  const server = createServer((message, response) => {
    const operation = String(message.headers['x-amz-target']).split('.').at(-1) ?? '';
    buffer(message)
      .then(async (bytes) => {
        const body = bytes.toString();
        const isMetered = reads.has(operation) || /^(Put|Update|Delete|TransactWrite|BatchWrite)/.test(operation);
        const asked = isMetered ? `{"ReturnConsumedCapacity":"INDEXES",${body.slice(1)}` : body;
        const { status, headers, text } = await forward({ engine, agent }, message, asked);
        add(metered.calls, operation, 1);
        if (isMetered && status === 200) {
          addUp(operation, body, text);
        }
        response.writeHead(status, { ...headers }).end(text);
      })
      .catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    take() {
      const taken = metered;
      metered = emptyMetered();
      return taken;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      agent.destroy();
    },
  };
}

/** Sends a call to the engine. */
function forward(
  { engine, agent }: { engine: URL; agent: Agent },
  message: IncomingMessage,
  body: string,
): Promise<{ status: number; headers: object; text: string }> {
  return new Promise((resolve, reject) => {
    const { host: _host, 'content-length': _length, ...headers } = message.headers;
    const call = httpRequest(
      {
        agent,
        host: engine.hostname,
        port: engine.port,
        method: 'POST',
        path: '/',
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      },
      (answer) => {
        buffer(answer).then(
          (bytes) => resolve({ status: answer.statusCode ?? 500, headers: answer.headers, text: bytes.toString() }),
          reject,
        );
      },
    );
    call.on('error', reject);
    call.end(body);
  });
}

function emptyMetered(): Metered {
  return {
    calls: {},
    read: {},
    write: {},
    keys: Object.fromEntries([TABLE, ...indexes.map(({ name }) => name)].map((name) => [name, new Map()])),
  };
}

function add(to: Units, name: string, units: number): void {
  to[name] = (to[name] ?? 0) + units;
}

type Written = { pk: string; sk: string; indexKeys: Record<string, string> };

/** Lists the items that a request writes, alone or in a transaction. */
function writtenIn({ TransactItems, ...single }: WriteRequest): Written[] {
  const writes = TransactItems?.flatMap((item) => Object.values(item)) ?? [single];
  return writes.flatMap(({ Item, Key }) => {
    const item = Item ?? Key;
    const pk = item?.[table.partitionKey]?.S;
    const sk = item?.[table.sortKey]?.S;
    const indexKeys: Record<string, string> = {};
    for (const { name, partitionKey } of indexes) {
      const key = item?.[partitionKey]?.S;
      if (key !== undefined) {
        indexKeys[name] = key;
      }
    }
    return pk === undefined || sk === undefined ? [] : [{ pk, sk, indexKeys }];
  });
}

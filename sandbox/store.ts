import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import * as z from 'zod';
import { type Behaviour, behaviourSchema, wellBehaved } from './behaviour.ts';
import { type Device, deviceSchema } from './control-center/devices.ts';
import { type ChangeRequest, changeRequestSchema } from './iot-accelerator/changes.ts';
import type { OperatorId } from './networks.ts';
import { type Order, orderSchema } from './orders.ts';
import { type SimFacts, simFactsSchema } from './own-changes.ts';
import { simStatuses } from './sims.ts';

/** The stored answer of an `Idempotency-Key`: the most common state, and the SIMs with a different one. */
const firstAnswerSchema = z.strictObject({
  requestHash: z.string(),
  usual: z.enum(simStatuses),
  exceptions: z.array(z.tuple([z.int(), z.enum(simStatuses), z.string()])),
});

export type FirstAnswer = z.infer<typeof firstAnswerSchema>;

const usageRecordSchema = z.strictObject({
  iccid: z.string(),
  bytes: z.int(),
  at: z.string(),
  network: z.string(),
  /** When the operator learned of it. Absent in books from before it reported usage in files. */
  recordedAt: z.string().optional(),
});

export type UsageRecord = z.infer<typeof usageRecordSchema>;

const savedBooksSchema = z.strictObject({
  behaviour: behaviourSchema,
  orders: z.array(orderSchema),
  firstAnswers: z.array(z.tuple([z.string(), firstAnswerSchema])),
  usage: z.array(usageRecordSchema),
  /** Absent in books from before this protocol. */
  changes: z.array(changeRequestSchema).default([]),
  /** Absent in books from before this protocol. */
  devices: z.array(deviceSchema).default([]),
  facts: z.array(z.tuple([z.string(), simFactsSchema])).default([]),
});

const savedSchema = z.strictObject({ version: z.literal(1), operators: z.record(z.string(), z.unknown()) });

/** The state of one operator. */
export type OperatorBooks = {
  behaviour: Behaviour;
  orders: Map<string, Order>;
  /** The order of each block of card numbers. */
  orderOfBlock: Map<number, string>;
  firstAnswers: Map<string, FirstAnswer>;
  usage: UsageRecord[];
  /** The changes of SIMs that were requested in the protocol of IoT Accelerator, oldest first. */
  changes: ChangeRequest[];
  /** The SIMs that have changed in the protocol of Control Center, by ICCID. */
  devices: Map<string, Device>;
  /** What differs from the card, and the data sessions, by ICCID. */
  facts: Map<string, SimFacts>;
  /** The number of requests for each order and page, for operators that repeat themselves. Not saved. */
  timesAsked: Map<string, number>;
};

export type Store = {
  books(operatorId: OperatorId): OperatorBooks;
  /** Marks the books as changed; a save follows later and may cover many changes. */
  changed(): void;
  /** Saves changes and waits for the save. */
  save(): Promise<void>;
};

/** A save waits at least this long for more changes, and at least ten times the duration of the last save: a large store is saved rarely. */
const SAVE_DELAY_MS = 100;
const SAVE_DELAY_FACTOR = 10;

/**
 * Opens the books of all operators, in memory; with a file, reads them from it and saves them to it (JSON, replaced atomically).
 * Throws when the file exists and is not a store.
 */
export async function openStore(file?: string): Promise<Store> {
  const books = file === undefined ? new Map<OperatorId, OperatorBooks>() : await readBooks(file);
  let dirty = false;
  let timer: NodeJS.Timeout | undefined;
  let saving: Promise<void> = Promise.resolve();
  let lastSaveMs = 0;

  async function write(): Promise<void> {
    if (file === undefined || !dirty) {
      return;
    }
    dirty = false;
    const started = Date.now();
    const unfinished = `${file}.new`;
    try {
      const operators = Object.fromEntries([...books].map(([id, own]) => [id, savedFrom(own)]));
      await writeFile(unfinished, JSON.stringify({ version: 1, operators }));
      await rename(unfinished, file);
    } catch (error) {
      dirty = true;
      await rm(unfinished, { force: true });
      throw error;
    }
    lastSaveMs = Date.now() - started;
  }

  function save(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    saving = saving.catch(() => {}).then(write);
    return saving;
  }

  return {
    books(operatorId) {
      const own = books.get(operatorId) ?? emptyBooks();
      books.set(operatorId, own);
      return own;
    },
    changed() {
      dirty = true;
      if (file !== undefined && timer === undefined) {
        timer = setTimeout(
          () => {
            save().catch((error) => console.error('The operator sandbox could not save its store:', error));
          },
          Math.max(SAVE_DELAY_MS, lastSaveMs * SAVE_DELAY_FACTOR),
        );
      }
    },
    save,
  };
}

/** The initial books of an operator. */
export function emptyBooks(): OperatorBooks {
  return {
    behaviour: wellBehaved,
    orders: new Map(),
    orderOfBlock: new Map(),
    firstAnswers: new Map(),
    usage: [],
    changes: [],
    devices: new Map(),
    facts: new Map(),
    timesAsked: new Map(),
  };
}

/** Converts one operator's books to JSON, which {@link booksFrom} reads. */
export function savedFrom({
  behaviour,
  orders,
  firstAnswers,
  usage,
  changes,
  devices,
  facts,
}: OperatorBooks): z.input<typeof savedBooksSchema> {
  return {
    behaviour,
    orders: [...orders.values()].map((order) => ({ ...order, sims: [...order.sims] })),
    firstAnswers: [...firstAnswers],
    usage,
    changes,
    devices: [...devices.values()],
    facts: [...facts],
  };
}

/** Reads the JSON of {@link savedFrom}. Throws when it is invalid. */
export function booksFrom(saved: unknown): OperatorBooks {
  const { behaviour, orders, firstAnswers, usage, changes, devices, facts } = savedBooksSchema.parse(saved);
  return {
    behaviour,
    orders: new Map(orders.map((order) => [order.orderId, order])),
    orderOfBlock: new Map(
      orders.flatMap(({ orderId, outcome }) => ('block' in outcome ? [[outcome.block, orderId]] : [])),
    ),
    firstAnswers: new Map(firstAnswers),
    usage,
    changes,
    devices: new Map(devices.map((device) => [device.iccid, device])),
    facts: new Map(facts),
    timesAsked: new Map(),
  };
}

async function readBooks(file: string): Promise<Map<OperatorId, OperatorBooks>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT') {
      return new Map();
    }
    throw error;
  }
  try {
    const { operators } = savedSchema.parse(JSON.parse(text));
    return new Map(Object.entries(operators).map(([operatorId, saved]) => [operatorId, booksFrom(saved)]));
  } catch (cause) {
    throw new Error(`${file} is not a store of the operator sandbox: move it away to start with an empty one`, {
      cause,
    });
  }
}

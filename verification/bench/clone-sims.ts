import { DatabaseSync } from 'node:sqlite';
import { marshall } from '@aws-sdk/util-dynamodb';
import { itemKinds } from '../../adapters/dynamodb/item-kinds.ts';
import { reversed, shardOf, simKey } from '../../adapters/dynamodb/keys.ts';
import { entriesOfNew } from '../../adapters/dynamodb/sim-entries.ts';
import type { PartnerId } from '../../domain/ids.ts';
import { ICCID_END } from '../../domain/sim-search.ts';
import { iccidOf } from './floor.ts';

/** The supported schema version of the engine's file. The package is pinned; other versions are rejected. */
const SCHEMA_VERSION = '9';
/** The first serial number of clones: the sandbox's orders do not use this range. */
const FIRST_PLACE = 500_000_000_000;
/** The numbers of this many consecutive clones share an item, as those of a page of an order do. */
const PAGE = 250;

/** The SIM to copy. Its copies have the same tags and label. */
export type SampleSim = Numbers & { partnerId: PartnerId; tags: readonly string[]; label?: string };

/** The values in which copies differ from the sample. */
type Numbers = { iccid: string; imsi: string; msisdn: string };

/**
 * Adds copies of a SIM to the file of a stopped Dynoxide, with its owner, its entries and their indexes: writing a million SIMs
 * through the engine would take half an hour. Copies differ in ICCID, numbers and shard.
 *
 * @throws Error when the file has an unsupported schema version.
 */
export function cloneSims(file: string, tableName: string, sim: SampleSim, count: number): void {
  const database = new DatabaseSync(file);
  try {
    requireKnownForm(database);
    database.exec('PRAGMA synchronous = OFF');
    database.exec('BEGIN');
    const clones = Array.from({ length: count }, (_, place) => numbersAt(place));
    for (const table of tablesOf(database, tableName)) {
      cloneRows(database, table, sim, clones);
    }
    addEntries(database, tableName, sim, clones);
    database.exec('COMMIT');
  } finally {
    database.close();
  }
}

function numbersAt(place: number): Numbers {
  const serial = String(place).padStart(9, '0');
  return { iccid: iccidOf(FIRST_PLACE + place), imsi: `234200${serial}`, msisdn: `+4479${serial}` };
}

function requireKnownForm(database: DatabaseSync): void {
  const row = database.prepare("SELECT value FROM _config WHERE key = 'schema_version'").get();
  if (row?.value !== SCHEMA_VERSION) {
    throw new Error(
      `Dynoxide's file has schema version ${String(row?.value)}; only ${SCHEMA_VERSION} is supported: see verification/bench/clone-sims.ts.`,
    );
  }
}

/** The table itself, and its indexes. */
function tablesOf(database: DatabaseSync, tableName: string): string[] {
  const rows = database
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND (name = ? OR name LIKE ? || '::gsi::%')")
    .all(tableName, tableName);
  return rows.map(({ name }) => String(name));
}

/** Copies the rows of the SIM and of its owner. */
function cloneRows(database: DatabaseSync, table: string, sim: SampleSim, clones: readonly Numbers[]): void {
  const [pkColumn, skColumn] = table.includes('::gsi::') ? ['table_pk', 'table_sk'] : ['pk', 'sk'];
  const select = database.prepare(`SELECT * FROM "${table}" WHERE ${pkColumn} = ? AND ${skColumn} = ?`);
  for (const { pk, sk } of [simKey(sim.partnerId, sim.iccid), itemKinds.simOwner.key({ iccid: sim.iccid })]) {
    const sample = select.get(`S:${pk}`, `S:${sk}`);
    if (sample) {
      const insert = insertInto(database, table, Object.keys(sample));
      const values = Object.values(sample);
      for (const clone of clones) {
        insert.run(...values.map((value) => (typeof value === 'string' ? clonedText(value, sim, clone) : value)));
      }
    }
  }
}

function insertInto(database: DatabaseSync, table: string, columns: readonly string[]) {
  return database.prepare(
    `INSERT INTO "${table}" (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
  );
}

/** The text of a row with the values of a clone. Keys end with the shard, in their columns and in the item's JSON. */
function clonedText(text: string, sim: Numbers, clone: Numbers): string {
  return text
    .replaceAll(sim.iccid, clone.iccid)
    .replaceAll(reversed(sim.iccid), reversed(clone.iccid))
    .replaceAll(`#ENDS#${sim.iccid.slice(-ICCID_END.min)}`, `#ENDS#${clone.iccid.slice(-ICCID_END.min)}`)
    .replaceAll(sim.imsi, clone.imsi)
    .replaceAll(sim.msisdn, clone.msisdn)
    .replace(new RegExp(`#${shardOf(sim.iccid)}(?="|$)`, 'g'), `#${shardOf(clone.iccid)}`);
}

/** Adds the entries by which the clones are found. They are in no index. */
function addEntries(database: DatabaseSync, table: string, sim: SampleSim, clones: readonly Numbers[]): void {
  const insert = insertInto(database, table, ['pk', 'sk', 'item_json', 'item_size']);
  for (let start = 0; start < clones.length; start += PAGE) {
    const page = clones.slice(start, start + PAGE).map((clone) => ({ ...sim, ...clone, tags: [...sim.tags] }));
    for (const item of entriesOfNew(sim.partnerId, page)) {
      const size = JSON.stringify(item).length;
      insert.run(`S:${String(item.pk)}`, `S:${String(item.sk)}`, JSON.stringify(marshall(item)), size);
    }
  }
}

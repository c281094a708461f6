import { DatabaseSync } from 'node:sqlite';
import { shardOf } from '../../adapters/dynamodb/keys.ts';
import { iccidOf } from './floor.ts';

/** The supported schema version of the engine's file. The package is pinned; other versions are rejected. */
const SCHEMA_VERSION = '9';
/** The first serial number of clones: the sandbox's orders do not use this range. */
const FIRST_PLACE = 500_000_000_000;

/** The values in which copies differ from the sample. */
type SampleSim = { iccid: string; imsi: string; state: string };

/**
 * Adds copies of a SIM to the file of a stopped Dynoxide, in the table and in the SIM's indexes: writing a million SIMs through the
 * engine would take half an hour. Copies differ in ICCID, IMSI and shard.
 *
 * @throws Error when the file has an unsupported schema version.
 */
export function cloneSims(file: string, tableName: string, sim: SampleSim, count: number): void {
  const database = new DatabaseSync(file);
  try {
    requireKnownForm(database);
    database.exec('PRAGMA synchronous = OFF');
    database.exec('BEGIN');
    for (const table of tablesOf(database, tableName)) {
      cloneRows(database, table, sim, count);
    }
    database.exec('COMMIT');
  } finally {
    database.close();
  }
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

function cloneRows(database: DatabaseSync, table: string, { iccid, imsi, state }: SampleSim, count: number): void {
  const key = table.includes('::gsi::') ? 'table_sk' : 'sk';
  const sample = database.prepare(`SELECT * FROM "${table}" WHERE ${key} = ?`).get(`S:${iccid}`);
  if (!sample) {
    return;
  }
  const columns = Object.keys(sample);
  const insert = database.prepare(
    `INSERT INTO "${table}" (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
  );
  const shard = shardOf(iccid);
  for (let place = 0; place < count; place += 1) {
    const clone = iccidOf(FIRST_PLACE + place);
    const cloneShard = shardOf(clone);
    const cloneImsi = `23420${String(place).padStart(10, '0')}`;
    const values = Object.values(sample).map((value) =>
      typeof value !== 'string'
        ? value
        : value
            .replaceAll(iccid, clone)
            .replaceAll(imsi, cloneImsi)
            .replaceAll(`#SIM#${shard}`, `#SIM#${cloneShard}`)
            .replaceAll(`#${state}#${shard}`, `#${state}#${cloneShard}`),
    );
    insert.run(...values);
  }
}

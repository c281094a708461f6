import type { TableIndex, TablePart } from '../template/parts.ts';
import { type Attributes, attributesOf, compare, keyText, pickAttributes } from './attributes.ts';
import { type Draw, uniform } from './draws.ts';
import { type KeyCondition, keyConditionOf, type QueryRequest } from './key-condition.ts';
import { rates } from './rates.ts';

/** Stands for the table itself among the names of its indexes. */
const BASE = '';

/** An item before a write that has not reached every index yet. */
type LateItem = {
  /** `undefined`: the item did not exist. */
  before: Attributes | undefined;
  /** The time at which the write reaches each index, by index name. */
  until: ReadonlyMap<string, number>;
};

export type QueryResponse = {
  Items?: Attributes[];
  Count?: number;
  ScannedCount?: number;
  LastEvaluatedKey?: Attributes;
};

/**
 * Simulates the lag of eventually consistent reads. A write reaches each index after its own delay. Further writes to a late item
 * become visible together with the first one, so no index shows an outdated item for longer than one delay.
 */
export class IndexLag {
  readonly #draw: Draw;
  readonly #tables: ReadonlyMap<string, TablePart>;
  readonly #late = new Map<string, Map<string, LateItem>>();

  constructor(draw: Draw, tables: readonly TablePart[]) {
    this.#draw = draw;
    this.#tables = new Map(tables.map((table) => [table.name, table]));
  }

  /** Decides which of the items to be written will be late. @returns their keys */
  choose(
    writes: readonly { table: string; attributes: Attributes }[],
    nowMs: number,
  ): { table: string; key: Attributes }[] {
    const chosen = new Map<string, { table: string; key: Attributes }>();
    for (const { table, attributes } of writes) {
      const part = this.#tables.get(table);
      if (part && this.#draw() < rates.indexLag.share) {
        const key = pickAttributes(attributes, attributesOf(part.keys));
        const text = keyText(key);
        if (!this.#lateIn(table, nowMs).has(text)) {
          chosen.set(`${table} ${text}`, { table, key });
        }
      }
    }
    return [...chosen.values()];
  }

  /** Records an item's state before a write. */
  remember(table: string, key: Attributes, before: Attributes | undefined, nowMs: number): void {
    const indexes = this.#tables.get(table)?.globalIndexes ?? [];
    const until = new Map(
      [BASE, ...indexes.map(({ IndexName }) => IndexName)].map((name) => [
        name,
        nowMs + uniform(this.#draw, rates.indexLag.ms),
      ]),
    );
    this.#lateIn(table, nowMs).set(keyText(key), { before, until });
  }

  /** Returns the result of an eventually consistent read of one item. */
  item(table: string, key: Attributes, now: Attributes | undefined, nowMs: number): Attributes | undefined {
    const late = this.#lateIn(table, nowMs).get(keyText(key));
    return late && isLate(late, BASE, nowMs) ? late.before : now;
  }

  /** Converts the result of a consistent query to that of an eventually consistent one. */
  query(request: QueryRequest, answer: QueryResponse, nowMs: number): QueryResponse {
    const table = this.#tables.get(request.TableName);
    const indexName = request.IndexName ?? BASE;
    const index = table?.globalIndexes.find(({ IndexName }) => IndexName === indexName);
    if (!table || (indexName !== BASE && !index)) {
      return answer;
    }
    const late = [...this.#lateIn(table.name, nowMs)].filter(([, item]) => isLate(item, indexName, nowMs));
    const condition =
      late.length > 0 ? keyConditionOf(request, (index ?? { KeySchema: table.keys }).KeySchema) : undefined;
    return condition ? withEarlierState(answer, { request, table, index, condition, late: new Map(late) }) : answer;
  }

  #lateIn(table: string, nowMs: number): Map<string, LateItem> {
    const items = this.#late.get(table) ?? new Map<string, LateItem>();
    this.#late.set(table, items);
    for (const [key, { until }] of items) {
      if ([...until.values()].every((end) => end <= nowMs)) {
        items.delete(key);
      }
    }
    return items;
  }
}

const isLate = ({ until }: LateItem, index: string, nowMs: number) => (until.get(index) ?? 0) > nowMs;

type Late = {
  request: QueryRequest;
  table: TablePart;
  /** `undefined`: the table itself. */
  index: TableIndex | undefined;
  condition: KeyCondition;
  late: ReadonlyMap<string, LateItem>;
};

/** Builds a page in which late items have their earlier state: absent, unchanged, or at their earlier position. */
function withEarlierState(answer: QueryResponse, { request, table, index, condition, late }: Late): QueryResponse {
  const tableKey = attributesOf(table.keys);
  const indexKey = attributesOf((index ?? { KeySchema: table.keys }).KeySchema);
  const textOf = (item: Attributes) => keyText(pickAttributes(item, tableKey));
  const sortKey = condition.sortKey;
  const direction = request.ScanIndexForward === false ? -1 : 1;
  const inOrder = (a: Attributes, b: Attributes) =>
    direction * ((sortKey === undefined ? 0 : compare(a[sortKey], b[sortKey])) || (textOf(a) < textOf(b) ? -1 : 1));
  const { ExclusiveStartKey: start, Limit: limit } = request;
  const { Items = [], LastEvaluatedKey: last, ...rest } = answer;

  const earlier = [...late.values()]
    .flatMap(({ before }) => (before === undefined ? [] : [before]))
    .filter((item) => [...indexKey, ...tableKey].every((name) => item[name] !== undefined) && condition.holds(item))
    .filter((item) => start === undefined || inOrder(start, item) < 0)
    .filter((item) => last === undefined || inOrder(item, last) <= 0)
    .map((item) => projected(item, table, index));
  const items = [...Items.filter((item) => !late.has(textOf(item))), ...earlier].sort(inOrder);
  const page = limit === undefined ? items : items.slice(0, limit);
  const end = page.at(-1);
  const isCut = page.length < items.length && end !== undefined;
  const next = isCut ? pickAttributes(end, [...indexKey, ...tableKey]) : last;
  return {
    ...rest,
    Items: page,
    Count: page.length,
    ScannedCount: page.length,
    ...(next === undefined ? {} : { LastEvaluatedKey: next }),
  };
}

function projected(item: Attributes, table: TablePart, index: TableIndex | undefined): Attributes {
  const { ProjectionType, NonKeyAttributes = [] } = index?.Projection ?? { ProjectionType: 'ALL' };
  if (ProjectionType === 'ALL') {
    return item;
  }
  const keys = [...attributesOf(table.keys), ...attributesOf(index?.KeySchema ?? [])];
  return pickAttributes(item, ProjectionType === 'INCLUDE' ? [...keys, ...(NonKeyAttributes ?? [])] : keys);
}

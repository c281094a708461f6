import { addBytes, sumBytes } from './bytes.ts';
import type { CalendarDay } from './calendar-day.ts';
import { isPartnerServiceId, type OperatorId, type ServiceId } from './ids.ts';
import type { UsageTotal } from './operator-port.ts';
import {
  type Books,
  emptyPart,
  emptySum,
  type Holder,
  type HolderShare,
  keyOfSum,
  operatorsWith,
  type Period,
  periodOf,
  type ServiceSum,
  type SimDay,
  servicesOf,
  topOf,
} from './usage.ts';

/** Stands for the network in usage that the operator reports for all networks together. */
export const UNKNOWN_NETWORK = 'unknown';

/** What an operator has answered about a SIM and day: all that it used, by network. */
export type DayTotal = {
  iccid: string;
  operatorId: OperatorId;
  /** UTC. */
  day: CalendarDay;
  /** When the operator was asked. RFC 3339, UTC, with milliseconds. Of several answers, the one asked for last counts. */
  askedAt: string;
  /** Bytes by network. Only `UNKNOWN_NETWORK` if the operator does not tell networks apart. */
  networks: ReadonlyMap<string, number>;
  /** The services that held the SIM on that day until it was asked for, oldest first. */
  holders: readonly [Holder, ...Holder[]];
};

/** The end of a day, RFC 3339, UTC. Usage of the day that is seen later counts for this moment. */
export const endOfDay = (day: CalendarDay): string => `${day}T23:59:59.999Z`;

/** The totals of a SIM by day. The answer about a day replaces the day as a whole: networks that it does not name have no usage. */
export function totalsByDay(
  operatorId: OperatorId,
  totals: readonly UsageTotal[],
  askedAt: string,
  holdersOn: (day: CalendarDay) => readonly [Holder, ...Holder[]],
): DayTotal[] {
  const byDay = Map.groupBy(totals, ({ iccid, day }) => `${iccid} ${day}`);
  return [...byDay.values()].flatMap((ofDay): DayTotal[] => {
    const [first] = ofDay;
    const networks = new Map(ofDay.map(({ network = UNKNOWN_NETWORK, bytes }) => [network, bytes]));
    return first
      ? [{ iccid: first.iccid, operatorId, day: first.day, askedAt, networks, holders: holdersOn(first.day) }]
      : [];
  });
}

/** The sums that totals may change: of the services that have usage of the SIMs in these months, and of those that held them. */
export function servicesOfTotals(
  days: readonly SimDay[],
  totals: readonly DayTotal[],
): { serviceId: ServiceId; period: Period }[] {
  const ofHolders = totals.flatMap(({ day, holders }) =>
    holders.flatMap(servicesOf).map((serviceId) => ({ serviceId, period: periodOf(day) })),
  );
  const ofDays = days.flatMap(({ day, services }) =>
    [...services.keys()].map((serviceId) => ({ serviceId, period: periodOf(day) })),
  );
  return [...new Map([...ofHolders, ...ofDays].map((sum) => [keyOfSum(sum), sum])).values()];
}

/**
 * Counts totals. A total replaces everything that was counted for its SIM and day, records included, unless the operator was asked for
 * that later. So the sums equal the latest totals, whatever the order and repetition of the answers.
 *
 * A SIM's rank in its services is updated even if its total is unchanged: one whose usage was corrected downwards may have to give its
 * place to a SIM that was not in the list. After each SIM has been counted once more, the lists are exact.
 *
 * @param books the SIMs' days of the months of the totals, and the sums of the services in these days and of the holders.
 * @returns the changed days and sums, with the versions that they have in the books.
 */
export function replaceInto(books: Books, totals: readonly DayTotal[]): Books {
  const days = new Map(books.days.map((part) => [keyOfPart(part), part]));
  const parts: Map<string, readonly SimDay[]> = Map.groupBy(books.days, (part) => `${part.iccid} ${part.day}`);
  const changed = new Map<string, SimDay>();
  const deltas = new Map<string, number>();
  for (const total of totals) {
    const name = `${total.iccid} ${total.day}`;
    const before = parts.get(name) ?? [];
    const after = replaceDay(before, total);
    parts.set(name, after);
    for (const part of after.filter((one) => !before.includes(one))) {
      days.set(keyOfPart(part), part);
      changed.set(keyOfPart(part), part);
    }
    for (const [serviceId, bytes] of differenceOf(servicesOfDay(before), servicesOfDay(after))) {
      const key = keyOfSum({ serviceId, period: periodOf(total.day) });
      deltas.set(key, (deltas.get(key) ?? 0) + bytes);
    }
  }
  return { days: [...changed.values()], sums: changedSums(books, [...days.values()], totals, deltas) };
}

const keyOfPart = ({ iccid, day, part }: SimDay) => `${iccid} ${day} ${part}`;

/** The sums that change: by these differences, or in their lists of the highest users. */
function changedSums(
  books: Books,
  days: readonly SimDay[],
  totals: readonly DayTotal[],
  deltas: ReadonlyMap<string, number>,
): ServiceSum[] {
  const used = new Map<string, { serviceId: ServiceId; period: Period; bySim: Map<string, number> }>();
  const countedSims = new Set(totals.map(({ iccid, day }) => `${iccid} ${periodOf(day)}`));
  // What was counted before names the services that no longer have usage of the SIM.
  for (const [part, weight] of [
    ...books.days.map((day) => [day, 0] as const),
    ...days.map((day) => [day, 1] as const),
  ]) {
    const period = periodOf(part.day);
    for (const [serviceId, bytes] of countedSims.has(`${part.iccid} ${period}`) ? part.services : []) {
      const key = keyOfSum({ serviceId, period });
      const ofService = used.get(key) ?? { serviceId, period, bySim: new Map<string, number>() };
      used.set(key, ofService);
      ofService.bySim.set(part.iccid, addBytes(ofService.bySim.get(part.iccid) ?? 0, weight * bytes));
    }
  }
  const sums = new Map(books.sums.map((sum) => [keyOfSum(sum), sum]));
  const operatorIds = [...new Set(totals.map(({ operatorId }) => operatorId))];
  return [...used].flatMap(([key, { serviceId, period, bySim }]) => {
    const sum = sums.get(key) ?? emptySum(serviceId, period);
    const bytes = Math.max(0, addBytes(sum.bytes, deltas.get(key) ?? 0));
    const ofSims = [...bySim].map(([iccid, bytesOfSim]) => ({ iccid, bytes: bytesOfSim }));
    const top = topOf(sum.top, ofSims).filter((sim) => sim.bytes > 0);
    return bytes === sum.bytes && isSameList(top, sum.top)
      ? []
      : [{ ...sum, bytes, top, ...operatorsWith(sum, operatorIds) }];
  });
}

function isSameList(one: ServiceSum['top'], other: ServiceSum['top']): boolean {
  const bytesOf = new Map(other.map(({ iccid, bytes }) => [iccid, bytes]));
  return one.length === other.length && one.every(({ iccid, bytes }) => bytesOf.get(iccid) === bytes);
}

/**
 * The parts of a day after a total. Growth counts for the hour and the services at which it was seen, at the latest the last of the
 * day. A correction downwards is taken away from the latest hours and services first, none of which falls below zero.
 *
 * @param parts of the SIM's day; none when nothing was counted.
 */
export function replaceDay(parts: readonly SimDay[], total: DayTotal): readonly SimDay[] {
  const [first = emptyPart(total.iccid, total.day, 0), ...others] = [...parts].sort((a, b) => a.part - b.part);
  if (first.totals !== undefined && first.totals.askedAt >= total.askedAt) {
    return parts;
  }
  const counted = networksOfDay(parts);
  const shares = first.totals?.shares ?? sharesOfRecords(servicesOfDay(parts), total.holders);
  const growth = sumBytes(total.networks.values()) - sumBytes(shares.map(({ bytes }) => bytes));
  const holder = total.holders.at(-1) ?? total.holders[0];
  const newShares = growth < 0 ? withoutLatest(shares, -growth) : withGrowth(shares, holder, growth);
  const replaced: SimDay = {
    ...first,
    networks: replaceNetworks(counted, total.networks, hourOfGrowth(total)),
    services: servicesOfShares(newShares),
    totals: { askedAt: total.askedAt, shares: newShares },
  };
  const emptied = others.map((part) =>
    part.networks.size + part.services.size === 0 ? part : { ...part, networks: new Map(), services: new Map() },
  );
  return [replaced, ...emptied];
}

type Hours = ReadonlyMap<number, number>;

/** The hour of the day at which growth was seen: that of the question, or the nearest one of the day. */
function hourOfGrowth({ day, askedAt }: DayTotal): number {
  if (askedAt.slice(0, 10) !== day) {
    return askedAt < day ? 0 : 23;
  }
  return Number(askedAt.slice(11, 13));
}

/** The usage of a day by network and hour, so that it equals the total. A total of all networks together keeps known networks. */
function replaceNetworks(
  counted: ReadonlyMap<string, Hours>,
  total: ReadonlyMap<string, number>,
  hour: number,
): Map<string, Hours> {
  const isOfAllNetworks = total.size === 1 && total.has(UNKNOWN_NETWORK);
  let networks: ReadonlyMap<string, Hours> = counted;
  if (isOfAllNetworks) {
    networks = adjust(networks, [...counted.keys()], UNKNOWN_NETWORK, sumBytes(total.values()), hour);
  } else {
    for (const network of new Set([...counted.keys(), ...total.keys()])) {
      networks = adjust(networks, [network], network, total.get(network) ?? 0, hour);
    }
  }
  return new Map([...networks].filter(([, hours]) => hours.size > 0));
}

/** Makes the usage of some networks together equal a total. Growth counts for one of them. */
function adjust(
  networks: ReadonlyMap<string, Hours>,
  together: readonly string[],
  growing: string,
  total: number,
  hour: number,
): ReadonlyMap<string, Hours> {
  const counted = new Map(together.map((network) => [network, networks.get(network) ?? new Map<number, number>()]));
  const growth = total - sumBytes([...counted.values()].flatMap((hours) => [...hours.values()]));
  return growth < 0
    ? new Map([...networks, ...shrink(counted, -growth)])
    : new Map(networks).set(growing, grow(networks.get(growing) ?? new Map(), hour, growth));
}

function grow(hours: Hours, hour: number, bytes: number): Hours {
  return bytes === 0 ? hours : new Map(hours).set(hour, addBytes(hours.get(hour) ?? 0, bytes));
}

/** Takes bytes away from the latest hours first. */
function shrink(networks: ReadonlyMap<string, Hours>, bytes: number): Map<string, Hours> {
  const latestFirst = [...networks]
    .flatMap(([network, hours]) => [...hours].map(([hour, counted]) => ({ network, hour, counted })))
    .sort((a, b) => b.hour - a.hour || (a.network < b.network ? 1 : -1));
  const result = new Map([...networks].map(([network, hours]) => [network, new Map(hours)]));
  let left = bytes;
  for (const { network, hour, counted } of latestFirst) {
    const taken = Math.min(left, counted);
    left -= taken;
    if (taken === counted) {
      result.get(network)?.delete(hour);
    } else {
      result.get(network)?.set(hour, counted - taken);
    }
  }
  return result;
}

/** Adds growth to the share of the services that hold the SIM now. */
function withGrowth(shares: readonly HolderShare[], holder: Holder, bytes: number): readonly HolderShare[] {
  const last = shares.at(-1);
  if (bytes === 0) {
    return shares;
  }
  return last && isSameHolder(last, holder)
    ? shares.with(-1, { ...last, bytes: addBytes(last.bytes, bytes) })
    : [...shares, shareOf(holder, bytes)];
}

/** Takes bytes away from the latest shares first. */
function withoutLatest(shares: readonly HolderShare[], bytes: number): readonly HolderShare[] {
  const kept: HolderShare[] = [];
  let left = bytes;
  for (const share of shares.toReversed()) {
    const taken = Math.min(left, share.bytes);
    left -= taken;
    if (taken < share.bytes) {
      kept.unshift({ ...share, bytes: share.bytes - taken });
    }
  }
  return kept;
}

/**
 * The shares of the services in a day that was counted from records. Records are not counted by pairs of services, so a customer
 * service gets what it has, and the rest of its partner service is of the time without a customer.
 */
function sharesOfRecords(services: ReadonlyMap<ServiceId, number>, holders: readonly Holder[]): readonly HolderShare[] {
  const left = new Map(services);
  const take = (holder: Holder): HolderShare => {
    const bytes = Math.min(...servicesOf(holder).map((id) => left.get(id) ?? 0));
    for (const id of servicesOf(holder)) {
      left.set(id, (left.get(id) ?? 0) - bytes);
    }
    return shareOf(holder, bytes);
  };
  const latestFirst = holders.map((holder, place) => ({ holder, place })).reverse();
  const withCustomer = latestFirst.filter(({ holder }) => holder.customerServiceId !== undefined);
  const without = latestFirst.filter(({ holder }) => holder.customerServiceId === undefined);
  const taken = [...withCustomer, ...without].map(({ holder, place }) => ({ place, share: take(holder) }));
  const rest = [...left].flatMap(([id, bytes]) =>
    isPartnerServiceId(id) ? [shareOf({ partnerServiceId: id }, bytes)] : [],
  );
  const inOrder = taken.sort((a, b) => a.place - b.place).map(({ share }) => share);
  return [...rest, ...inOrder].filter(({ bytes }) => bytes > 0);
}

const shareOf = ({ partnerServiceId, customerServiceId }: Holder, bytes: number): HolderShare =>
  customerServiceId === undefined ? { partnerServiceId, bytes } : { partnerServiceId, customerServiceId, bytes };

const isSameHolder = (one: Holder, other: Holder) =>
  one.partnerServiceId === other.partnerServiceId && one.customerServiceId === other.customerServiceId;

function servicesOfShares(shares: readonly HolderShare[]): Map<ServiceId, number> {
  const services = new Map<ServiceId, number>();
  for (const share of shares) {
    for (const id of servicesOf(share)) {
      services.set(id, addBytes(services.get(id) ?? 0, share.bytes));
    }
  }
  return services;
}

function servicesOfDay(parts: readonly SimDay[]): Map<ServiceId, number> {
  const services = new Map<ServiceId, number>();
  for (const [id, bytes] of parts.flatMap((part) => [...part.services])) {
    services.set(id, addBytes(services.get(id) ?? 0, bytes));
  }
  return services;
}

function networksOfDay(parts: readonly SimDay[]): Map<string, Hours> {
  const networks = new Map<string, Hours>();
  for (const [network, hours] of parts.flatMap((part) => [...part.networks])) {
    let summed = networks.get(network) ?? new Map<number, number>();
    for (const [hour, bytes] of hours) {
      summed = grow(summed, hour, bytes);
    }
    networks.set(network, summed);
  }
  return networks;
}

function differenceOf(
  before: ReadonlyMap<ServiceId, number>,
  after: ReadonlyMap<ServiceId, number>,
): [ServiceId, number][] {
  const ids = new Set([...before.keys(), ...after.keys()]);
  return [...ids].map((id) => [id, (after.get(id) ?? 0) - (before.get(id) ?? 0)]);
}

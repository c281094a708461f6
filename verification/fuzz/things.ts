/** Kinds of resources whose ids requests contain. */
export type Kind =
  | 'customer'
  | 'customerService'
  | 'partnerService'
  | 'order'
  | 'operation'
  | 'sim'
  | 'simInUse'
  | 'simInStock'
  | 'alarm'
  | 'operator'
  | 'tariff'
  | 'partner'
  | 'platformTariff'
  | 'user'
  | 'client'
  | 'role'
  | 'cursor'
  | 'time'
  | 'foreign'
  | 'day'
  | 'owner'
  | 'manualOperator'
  | 'pushingOperator'
  | 'manualOrder'
  | 'submittedOrder'
  | 'acceptedOrder'
  | 'openOrder'
  | 'askedOrder'
  | 'manualTask'
  | 'difference'
  | 'openTask'
  | 'simOfOpenTask'
  | 'servedCustomer'
  | 'serviceOfServed'
  | SearchKind;

/** Kinds of values by which lists find SIMs. */
type SearchKind = 'imsi' | 'msisdn' | 'imei' | 'tag' | 'iccidEnd' | 'searchText';

/** The number of ids of each kind to keep: the latest are enough. */
const MAX_IDS = 200;

/** The kinds of ids in responses, by prefix. */
const kindsByPrefix: readonly (readonly [string, Kind])[] = [
  ['ord_', 'order'],
  ['cus_', 'customer'],
  ['csv_', 'customerService'],
  ['psv_', 'partnerService'],
  ['op_', 'operation'],
  ['alm_', 'alarm'],
  ['tsk_', 'manualTask'],
  ['dif_', 'difference'],
];

/*
 * Requests are generated from a seed before the ids of resources are known. Therefore they contain marks in place of ids, which are
 * replaced when the request is sent: `⟦customer 17⟧` becomes one of the customers known at that time, `⟦text 1000⟧` a text of 1,000
 * characters, and `⟦deep 1000⟧` 1,000 nested arrays.
 */
const MARK = /\u27e6(\w+) (\d+)\u27e7/g;

export const mark = (what: Kind | 'text' | 'deep', n: number) => `\u27e6${what} ${n}\u27e7`;

/** The ids of known resources. */
export class Things {
  readonly #ids = new Map<string, string[]>();
  readonly #simOfTask = new Map<string, string>();

  add(kind: Kind, ...ids: readonly string[]): void {
    const known = this.#ids.get(kind) ?? [];
    known.push(...ids.filter((id) => !known.includes(id)));
    known.splice(0, known.length - MAX_IDS);
    this.#ids.set(kind, known);
  }

  /** Adds a SIM of a manual task. The mark of an open task and that of its SIM have the same number. */
  addSimOfTask(taskId: string, iccid: string): void {
    this.#simOfTask.set(taskId, iccid);
  }

  /** Adds the ids in a response: of a resource, or of a list. */
  learn(body: unknown): void {
    const shown = fieldsOf(body);
    for (const item of Array.isArray(shown.items) ? shown.items.map(fieldsOf) : [shown]) {
      const { id, iccid, customerId, email, scopes } = item;
      if (typeof id === 'string' && typeof email === 'string') {
        this.add('user', id);
      }
      if (typeof id === 'string' && Array.isArray(scopes)) {
        this.add('client', id);
      }
      if (typeof iccid === 'string') {
        this.add('sim', iccid);
        this.#sortSim(iccid, item.state);
        this.#learnSearches(iccid, item);
      }
      const kind = typeof id === 'string' && kindsByPrefix.find(([prefix]) => id.startsWith(prefix))?.[1];
      if (typeof id === 'string' && kind) {
        this.add(kind, id);
        if (kind === 'order') {
          this.#sort(id, item);
        }
        if (kind === 'manualTask') {
          this.#put('openTask', id, item.state === 'open' && item.action !== 'cancel_order');
        }
        if (kind === 'customerService' && typeof customerId === 'string') {
          this.#pair(customerId, id);
        }
      }
    }
    if (typeof shown.nextCursor === 'string') {
      this.add('cursor', shown.nextCursor);
    }
  }

  /** Sorts a SIM by its part in a replacement, if the answer contains its state. */
  #sortSim(iccid: string, state: unknown): void {
    if (typeof state === 'string') {
      this.#put('simInUse', iccid, ['assigned', 'testing', 'active', 'suspended'].includes(state));
      this.#put('simInStock', iccid, state === 'in_stock');
    }
  }

  /** Adds the values by which lists find a SIM. */
  #learnSearches(iccid: string, { imsi, msisdn, imei, tags, label }: Readonly<Record<string, unknown>>): void {
    for (const [kind, number] of Object.entries({ imsi, msisdn, imei })) {
      if (typeof number === 'string') {
        // Safe: Object.entries loses the type of the keys.
        this.add(kind as SearchKind, number);
        this.add('searchText', number);
      }
    }
    const usableTags = (Array.isArray(tags) ? tags : []).filter(isPlain);
    this.add('tag', ...usableTags);
    this.add('iccidEnd', iccid.slice(-6));
    this.add('searchText', ...usableTags, iccid.slice(-4), iccid.slice(0, 12));
    if (isPlain(label)) {
      this.add('searchText', label, label.slice(0, 3).toUpperCase());
    }
  }

  /** Replaces the marks of a text. */
  resolve(text: string): string {
    return text.replace(MARK, (_mark, what: string, count: string) => {
      const n = Number(count);
      if (what === 'text') {
        return 'x'.repeat(n);
      }
      if (what === 'deep') {
        return '['.repeat(n) + ']'.repeat(n);
      }
      if (what === 'simOfOpenTask') {
        return this.#simOfTask.get(this.resolve(mark('openTask', n))) ?? 'no_sim';
      }
      const known = this.#ids.get(what) ?? [];
      return known[n % known.length] ?? `no_${what}`;
    });
  }

  /** Sorts a manual order by what the staff can do with it next. */
  #sort(id: string, { operatorId, state, cancelRequestedBy }: Readonly<Record<string, unknown>>): void {
    if (!this.#ids.get('manualOperator')?.includes(String(operatorId))) {
      return;
    }
    const isAsked = cancelRequestedBy !== undefined;
    const isAccepted = state === 'accepted' && !isAsked;
    this.add('manualOrder', id);
    this.#put('submittedOrder', id, state === 'submitted');
    this.#put('acceptedOrder', id, isAccepted);
    this.#put('openOrder', id, isAccepted || state === 'dispatched');
    this.#put('askedOrder', id, state === 'accepted' && isAsked);
  }

  #put(kind: Kind, id: string, belongs: boolean): void {
    if (belongs) {
      this.add(kind, id);
    } else {
      this.#ids.set(kind, this.#ids.get(kind)?.filter((known) => known !== id) ?? []);
    }
  }

  /** Adds a customer and its service, at the same index of their lists. */
  #pair(customerId: string, serviceId: string): void {
    const customers = this.#ids.get('servedCustomer') ?? [];
    const services = this.#ids.get('serviceOfServed') ?? [];
    if (!services.includes(serviceId) && services.length < MAX_IDS) {
      this.#ids.set('servedCustomer', [...customers, customerId]);
      this.#ids.set('serviceOfServed', [...services, serviceId]);
    }
  }
}

/** Whether a value is a text that JSON does not escape: marks are replaced in serialized bodies. */
const isPlain = (value: unknown): value is string => typeof value === 'string' && /^[\p{L}\p{N} ]{1,50}$/u.test(value);

/** Returns the fields of an object; none for any other value. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

import { setTimeout as pause } from 'node:timers/promises';
import { poll } from '../../local/poll.ts';
import { type ApiClient, type ApiResponse, apiClient } from '../../test/integration/support/api-client.ts';
import { iccidsOf } from './iccids.ts';
import { type Action, type Behaviour, type OperatorId, OWN_OPERATOR, type Stage, type State } from './model.ts';

// The system under test over HTTP, as a partner's admin sees it. A script records the requests.

export type SeenSim = {
  iccid: string;
  operatorId: OperatorId;
  orderId?: string;
  state: State;
  bars: unknown[];
  holding: boolean;
  partnerServiceId: string;
  customerId?: string;
  customerServiceId?: string;
  label?: string;
  tags: readonly string[];
  imsi?: string;
  msisdn?: string;
  replacedBy?: string;
  replaces?: string;
  version: number;
  nextActions: (Action | 'replace')[];
  /** Absent for activations, during which the SIM is `activating`. */
  pendingChange?: { action: Action; since: string; operationId: string };
};
export type SeenOrder = {
  id: string;
  state: string;
  quantity: number;
  receivedQuantity: number;
  progress: { received: number; migrated: number; assigned: number; activated: number; failed: number };
  operations: { stage: Stage; operationId: string }[];
  version: number;
};
export type SeenOperation = {
  id: string;
  action: Action | 'label' | 'replace';
  /** For a step of a replacement: the replacement. */
  partOf?: string;
  state: string;
  total?: number;
  succeeded: number;
  failed: number;
  waitingForOperator?: number;
  startedAt?: string;
  finishedAt?: string;
  failure?: { code: string; detail: string };
};
export type SeenResult = { iccid: string; outcome: string; problem?: { code: string; detail: string } };
export type SeenProblem = { code: string; errors?: { pointer: string; code: string; nearest?: number[] }[] };

/** The system did something that the model does not allow. */
export class Disagreement extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Disagreement';
  }
}

export function ensure(holds: boolean, otherwise: () => string): asserts holds {
  if (!holds) {
    throw new Disagreement(otherwise());
  }
}

export type World = {
  readonly partnerId: string;
  /** The operators of this history, which has exclusive control of their behaviour. */
  readonly operators: readonly [OperatorId, OperatorId];
  /** The history's own operator, which it creates. Its orders are placed by hand at first. */
  readonly ownOperator: OperatorId;
  readonly api: ApiClient;
  /** The platform's staff. */
  readonly staff: ApiClient;
  /** Makes ICCIDs that no SIM has. */
  newIccids(count: number): string[];
  /** The requests so far, one line each. */
  readonly script: string[];
  log(line: string): void;
  /** Assigns a short name to an id. */
  setName(id: string, name: string): void;
  nameOf(id: string | undefined): string;
  /** Sends a POST; with `twice`, sends it again with the same key and requires the same answer. */
  post<T>(path: string, body: unknown, twice?: boolean): Promise<ApiResponse<T>>;
  /** All items of a list. */
  all<T>(path: string): Promise<T[]>;
  read<T>(path: string): Promise<T>;
  /** Polls until `find` returns a value. */
  until<T>(what: string, find: () => Promise<T | undefined>): Promise<T>;
  setBehaviour(operator: OperatorId, behaviour: Behaviour): Promise<void>;
  /** Changes a SIM at its operator without a request, and starts the comparison of all SIMs with their operators. */
  changeAtOperator(operator: OperatorId, iccid: string, status: 'active' | 'barred' | 'terminated'): Promise<void>;
  /** The scaled time. */
  now(): Promise<Date>;
  /** Waits for days of scaled time. */
  days(days: number): Promise<void>;
};

/** The maximum lag of a filtered list behind a write (docs/api-guide.md). */
export const LISTS_LAG_MS = 1_000;

const POLL_INTERVAL_MS = 20;
/** Long enough for busy machines. */
const MAX_WAIT_MS = 180_000;
/** The first request may not be recorded as completed when it is sent again. */
const UNDER_WAY = 'request_under_way';

export async function openWorld(
  url: string,
  partnerId: string,
  operators: readonly [OperatorId, OperatorId],
  onLine: (line: string) => void = () => undefined,
): Promise<World> {
  const local = apiClient(
    () => url,
    async () => undefined,
  );
  const { dayMs } = expectStatus(200, await local.get<{ dayMs: number }>('/_local/clock'));
  const api = await clientWith(url, local, { partnerId, roles: ['admin'] });
  const staff = await clientWith(url, local, { roles: ['platform'] });
  const isHarsh = (await local.get('/_local/harsh')).status === 200;
  const script: string[] = [];
  const names = new Map<string, string>();
  let keys = 0;

  async function read<T>(path: string): Promise<T> {
    return expectStatus(200, await api.get<T>(path));
  }

  const until: World['until'] = (what, find) => poll(what, find, { everyMs: POLL_INTERVAL_MS, withinMs: MAX_WAIT_MS });

  return {
    partnerId,
    operators,
    // One for each pair of operators, because a deployment has at most fifty.
    ownOperator: `${OWN_OPERATOR}${operators[0]}`,
    api,
    staff,
    newIccids: iccidsOf(),
    script,
    log(line) {
      script.push(line);
      onLine(line);
    },
    setName: (id, name) => names.set(id, name),
    nameOf: (id) => (id === undefined ? 'none' : (names.get(id) ?? id)),
    read,
    until,
    async post<T>(path: string, body: unknown, twice = false) {
      if (isHarsh && selectsByFilter(body)) {
        // A selection by filter reads the filtered list, which may lag.
        await pause(LISTS_LAG_MS);
      }
      if (!twice) {
        return api.post<T>(path, body);
      }
      keys += 1;
      const headers = { 'idempotency-key': `${partnerId}-${keys}` };
      const first = await api.post<T>(path, body, headers);
      const again = await until('the answer to a repeated request', async () => {
        const answer = await api.post<T>(path, body, headers);
        return answer.status === 409 && isProblem(answer.body, UNDER_WAY) ? undefined : answer;
      });
      const isSame = again.status === first.status && JSON.stringify(again.body) === JSON.stringify(first.body);
      ensure(
        isSame,
        () => `The repeated request to ${path} was answered with ${formatAnswer(again)} after ${formatAnswer(first)}`,
      );
      const replayed = again.headers.get('idempotent-replayed') === 'true';
      // Invalid input does not use up the key.
      ensure(
        replayed || first.status === 422,
        () => `The repeated request to ${path} was executed again: ${formatAnswer(again)}`,
      );
      return first;
    },
    async all<T>(path: string) {
      const items: T[] = [];
      let cursor: string | undefined;
      do {
        const next = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
        const page: { items: T[]; nextCursor?: string } = await read(
          `${path}${path.includes('?') ? '&' : '?'}limit=200${next}`,
        );
        items.push(...page.items);
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      return items;
    },
    async setBehaviour(operator, behaviour) {
      expectStatus(200, await local.put(`/_local/operators/${operator}`, toSandboxBehaviour(behaviour)));
    },
    async changeAtOperator(operator, iccid, status) {
      expectStatus(200, await local.post(`/_local/operators/${operator}/sims/${iccid}`, { status }));
    },
    async now() {
      return new Date(expectStatus(200, await local.get<{ now: string }>('/_local/clock')).now);
    },
    days: (days) => pause(days * dayMs),
  };
}

/** A client with a token of these claims. */
async function clientWith(url: string, local: ApiClient, claims: object): Promise<ApiClient> {
  const { access_token } = expectStatus(200, await local.post<{ access_token: string }>('/_local/token', claims));
  return apiClient(
    () => url,
    async () => access_token,
  );
}

/** Returns the body of an answer, which must have one of these statuses. */
export function expectStatus<T>(status: number | readonly number[], answer: ApiResponse<T>): T {
  const wanted = [status].flat();
  ensure(wanted.includes(answer.status), () => `The API answered ${formatAnswer(answer)}, not ${wanted.join(' or ')}`);
  return answer.body;
}

export function formatAnswer({ status, body }: ApiResponse): string {
  return `${status} ${JSON.stringify(body)}`;
}

function selectsByFilter(body: unknown): boolean {
  const select = typeof body === 'object' && body !== null && 'select' in body ? body.select : undefined;
  return typeof select === 'object' && select !== null && 'filter' in select;
}

function isProblem(body: unknown, code: string): boolean {
  return typeof body === 'object' && body !== null && 'code' in body && body.code === code;
}

function toSandboxBehaviour({
  rejects,
  shipFraction,
  leadTimeDays,
  refuses,
  refusesChanges,
  delayDays,
  changeDelayDays,
  failureRate,
  repeats,
}: Behaviour) {
  return {
    rejectOrders: rejects,
    shipFraction,
    leadTimeDays,
    refuseActivation: refuses,
    refuseChanges: refusesChanges,
    activationDelayDays: delayDays,
    changeDelayDays,
    failureRate,
    duplicateAnswers: repeats,
  };
}

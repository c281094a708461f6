import type { Operator, PlatformKind } from './operator.ts';

/** What a kind of platform can do over its API. What it cannot do is done by hand, by a setting of the operator. */
export type Capabilities = {
  /** Places, tracks and cancels orders, and lists the SIMs of an order. */
  orders: boolean;
  /** A repeated submission of an order returns the answer of the first and places no second order. */
  idempotentOrders: boolean;
  /** How many SIMs a call can change, or report the status of. */
  simsPerCall: number;
  /** Activates, bars and ends SIMs, and reports their status. */
  connectivity: boolean;
  /** Has a status for SIMs in test. Elsewhere they are active at the operator. */
  testStatus: boolean;
  /** How it reports usage: as records, which are added once, or as totals of SIMs and days, which replace earlier ones. */
  usage: 'records' | 'totals';
  /** Tells whether a SIM has a data session. */
  sessions: boolean;
  /** Sends signed messages when something about a SIM changes. */
  push: boolean;
};

const capabilities: Record<PlatformKind, Capabilities> = {
  'sim-fulfilment': {
    orders: true,
    idempotentOrders: true,
    connectivity: true,
    simsPerCall: 500,
    testStatus: false,
    usage: 'records',
    sessions: false,
    push: false,
  },
  'iot-accelerator': {
    orders: true,
    idempotentOrders: false,
    connectivity: true,
    simsPerCall: 500,
    testStatus: false,
    usage: 'records',
    sessions: false,
    push: false,
  },
  'control-center': {
    orders: false,
    idempotentOrders: false,
    connectivity: true,
    simsPerCall: 1,
    testStatus: true,
    usage: 'totals',
    sessions: true,
    push: true,
  },
};

/** What a kind of platform can do. */
export function capabilitiesOf(kind: PlatformKind): Capabilities {
  return capabilities[kind];
}

/** The kind of an operator's platform. Operators from before kinds existed use the first protocol. */
export function platformKindOf({ platform }: Pick<Operator, 'platform'>): PlatformKind {
  return platform?.kind ?? 'sim-fulfilment';
}

/** How the usage of an operator's SIMs arrives. Operators from before kinds existed report records. */
export function usageReportOf({
  usage,
  platform,
}: Pick<Operator, 'usage' | 'platform'>): 'records' | 'totals' | 'files' {
  return usage === 'file' ? 'files' : capabilitiesOf(platformKindOf({ platform })).usage;
}

/** Whether the staff may have to find out what became of an order that the operator takes over an API. */
export function canLoseOrders({ platform }: Pick<Operator, 'platform'>): boolean {
  const able = platform && capabilitiesOf(platform.kind);
  return able?.orders === true && !able.idempotentOrders;
}

import * as z from 'zod/mini';
import en from 'zod/v4/locales/en.js';
import type { SimAnswer } from '../../../domain/operator-port.ts';
import { numbersIn } from '../sim-numbers.ts';
import type { ExpectedAnswers } from '../transport.ts';
import { reasonIn } from './protocol.ts';

// Without a locale, every problem is logged as "Invalid input".
z.config(en());

const NO_REASON = 'The operator gave no reason.';
const MAX_REASON = 500;
const cut = (reason: string) => reason.slice(0, MAX_REASON);

const id = z.lazy(() => z.string().check(z.minLength(1), z.maxLength(100)));
const count = z.lazy(() => z.int().check(z.minimum(0)));

/** A refusal with the operator's reason, from an error of the operator's own. An HTML page is not one. */
const refusalSchema = z.lazy(() =>
  z.pipe(
    z.unknown().check(z.refine((body) => reasonIn(body) !== undefined, 'no error of the operator')),
    z.transform((body) => ({ refused: cut(reasonIn(body) ?? NO_REASON) })),
  ),
);

/** What an order can be made of. */
export type OrderMetadata = z.output<typeof metadataSchema>;

const metadataSchema = z.lazy(() =>
  z.object({
    simSpecifications: z.array(
      z.object({
        simSpecificationId: id,
        minimumOrderVolume: z.optional(count),
        orderIncrement: z.optional(count),
        earliestDeliveryDate: z.iso.date(),
      }),
    ),
    serviceContracts: z.array(
      z.object({ name: id, subscriptionPackages: z.array(z.object({ name: id, status: z.optional(z.string()) })) }),
    ),
  }),
);

export const metadataAnswers: ExpectedAnswers<OrderMetadata> = { 200: metadataSchema };

export const orderAnswers: ExpectedAnswers<{ requestId: string } | { refused: string }> = {
  200: z.pipe(
    z.object({ jobId: id }),
    z.transform(({ jobId }) => ({ requestId: jobId })),
  ),
  400: refusalSchema,
};

/** The ids of requests, as texts or in objects: the vendor's document leaves it open. */
export const foundRequestsAnswers: ExpectedAnswers<string[]> = {
  200: z.pipe(
    z.array(z.union([id, z.object({ subscriptionRequestId: id })])),
    z.transform((found) => found.map((each) => (typeof each === 'string' ? each : each.subscriptionRequestId))),
  ),
};

const propertySchema = z.lazy(() => z.object({ type: z.string(), value: z.string() }));

const resourceSchema = z.lazy(() =>
  z.object({
    resourceProperties: z.array(propertySchema),
    resourceState: z.enum(['IN_PROGRESS', 'PENDING', 'CANCELED', 'REJECTED', 'COMPLETED', 'FAILED']),
    resourceFailureInfos: z.optional(z.array(z.object({ errorObject: z.optional(z.unknown()) }))),
  }),
);

/** A SIM in a request. */
export type Resource = {
  state: z.output<typeof resourceSchema>['resourceState'];
  property(type: string): string | undefined;
  reason: string;
};

/** A request as the operator reports it. */
export type SubscriptionRequest = {
  state: z.output<typeof requestSchema>['subscriptionRequestState'];
  size: number;
  completed: number;
  reason: string;
  /** The entries of the page. An entry that cannot be read is kept as it came. */
  resources: (Resource | { unreadable: unknown; problem: string })[];
};

const requestSchema = z.lazy(() =>
  z.object({
    subscriptionRequestId: id,
    subscriptionRequestState: z.enum([
      'PENDING',
      'IN_PROGRESS',
      'COMPLETED',
      'COMPLETED_WITH_FAILURES',
      'REJECTED',
      'CANCELED',
    ]),
    size: count,
    subscriptionRequestResourceCounters: z.object({ completed: count }),
    subscriptionRequestFailureInfos: z.optional(z.array(z.object({ errorObject: z.optional(z.unknown()) }))),
    subscriptionRequestResources: z.array(z.unknown()),
  }),
);

/** A page of a request. `undefined`: the operator no longer has the request. */
export function requestAnswers(requestId: string): ExpectedAnswers<SubscriptionRequest | undefined> {
  return {
    200: z.pipe(
      requestSchema._zod.innerType.check(
        z.refine(({ subscriptionRequestId }) => subscriptionRequestId === requestId, 'another request'),
      ),
      z.transform((request) => ({
        state: request.subscriptionRequestState,
        size: request.size,
        completed: request.subscriptionRequestResourceCounters.completed,
        reason: reasonOf(request.subscriptionRequestFailureInfos),
        resources: request.subscriptionRequestResources.map(readResource),
      })),
    ),
    404: z.pipe(
      refusalSchema,
      z.transform(() => undefined),
    ),
  };
}

function readResource(entry: unknown): SubscriptionRequest['resources'][number] {
  const { data, error } = resourceSchema.safeParse(entry);
  if (!data) {
    const [issue] = error.issues;
    return { unreadable: entry, problem: [...(issue?.path ?? []), issue?.message].join(': ') };
  }
  return {
    state: data.resourceState,
    property: (type) => data.resourceProperties.find((property) => property.type === type)?.value,
    reason: reasonOf(data.resourceFailureInfos),
  };
}

function reasonOf(infos: readonly { errorObject?: unknown }[] | undefined): string {
  return cut(
    infos?.map(({ errorObject }) => reasonIn(errorObject)).find((reason) => reason !== undefined) ?? NO_REASON,
  );
}

export const cancellationAnswers: ExpectedAnswers<{ cancelled: true } | { refused: string }> = {
  200: z.pipe(
    z.object({ status: z.string().check(z.regex(/^success$/i, 'not a success')) }),
    z.transform(() => ({ cancelled: true as const })),
  ),
  400: refusalSchema,
};

export const stateChangeAnswers: ExpectedAnswers<{ requestId: string } | { refused: string }> = {
  201: z.pipe(
    z.object({ subscription_request_id: id }),
    z.transform(({ subscription_request_id }) => ({ requestId: subscription_request_id })),
  ),
  400: refusalSchema,
  404: refusalSchema,
};

/** The status of a SIM in each state of its subscription. */
const statuses: Readonly<Record<string, SimAnswer['status']>> = {
  ACTIVE: 'active',
  ACTIVE_NO_BILLING: 'active',
  PAUSE: 'barred',
  DEACTIVATED: 'barred',
  DEACTIVATED_NO_BILLING: 'barred',
  OPERATOR_BLOCKED: 'barred',
  TERMINATED: 'terminated',
  TERMINATED_PENDING: 'pending',
};

/** The status of a SIM whose subscription has a state; `undefined` for a state that this adapter does not know. */
export function statusOf(state: string | undefined): SimAnswer['status'] | undefined {
  return state !== undefined && Object.hasOwn(statuses, state) ? statuses[state] : undefined;
}

const detailSchema = z.lazy(() => z.object({ iccid: z.string(), state: z.string() }));

/** The states of subscriptions by ICCID; `leftOut` names the entries without a usable state. */
export type SubscriptionStates = {
  statuses: Map<string, SimAnswer['status']>;
  /** The numbers of the SIMs, where the operator tells them. */
  numbers: Map<string, ReturnType<typeof numbersIn>['numbers']>;
  leftOut: { name: string; problem: string }[];
};

/** An answer in which every entry is unreadable is rejected as a whole. */
export function detailsAnswers(asked: readonly string[]): ExpectedAnswers<SubscriptionStates> {
  return {
    200: z.pipe(
      z.object({ subscriptions: z.array(z.unknown()) }),
      z.transform(({ subscriptions }, context): SubscriptionStates => {
        const read = readStates(subscriptions, new Set(asked));
        const [first] = read.leftOut;
        if (first && read.statuses.size === 0) {
          context.issues.push({
            code: 'custom',
            path: ['subscriptions', 0],
            message: first.problem,
            input: subscriptions,
          });
        }
        return read;
      }),
    ),
    // None of the SIMs is the operator's.
    404: z.pipe(
      refusalSchema,
      z.transform((): SubscriptionStates => ({ statuses: new Map(), numbers: new Map(), leftOut: [] })),
    ),
  };
}

function readStates(listed: readonly unknown[], asked: ReadonlySet<string>): SubscriptionStates {
  const read: SubscriptionStates = { statuses: new Map(), numbers: new Map(), leftOut: [] };
  const contradicted = new Set<string>();
  for (const [place, entry] of listed.entries()) {
    const { data } = detailSchema.safeParse(entry);
    const status = statusOf(data?.state);
    const name = data?.iccid.slice(0, 40) ?? `entry ${place + 1}`;
    if (!data || status === undefined) {
      read.leftOut.push({
        name,
        problem: data ? `the state ${data.state.slice(0, 40)} is unknown` : 'no ICCID or state',
      });
    } else if (!asked.has(data.iccid)) {
      read.leftOut.push({ name, problem: 'not a SIM of the request' });
    } else if ((read.statuses.get(data.iccid) ?? status) !== status) {
      contradicted.add(data.iccid);
      read.leftOut.push({ name, problem: 'contradicts an earlier entry' });
    } else {
      read.statuses.set(data.iccid, status);
      const { numbers, problems } = numbersIn(entry);
      read.numbers.set(data.iccid, numbers);
      read.leftOut.push(...problems.map((problem) => ({ name, problem })));
    }
  }
  for (const iccid of contradicted) {
    read.statuses.delete(iccid);
  }
  return read;
}

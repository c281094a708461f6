import type { IncomingMessage } from 'node:http';
import type { ServiceName } from '../../local/cloud.ts';
import { requestIdOfTrace } from '../../local/lambda/invocation.ts';

/** A call that a function makes, be it its first attempt or a further one. */
export type Call = {
  service: ServiceName;
  /** The id of the invocation that makes it; undefined for what is not called from within one. */
  invocation: string | undefined;
  /** The same for all attempts at one call. */
  attemptOf: string;
  /** What is asked for, without any ids: `UpdateItem SIM`, `PUT /orders/{id}`. */
  what: string;
  /** The partner that it is about, as far as the call itself says so. */
  partnerId: string | undefined;
};

/** Partners of lives have ids by which their calls are known. */
const PARTNER = /life-\d+-\d+/;
const ID = /\b(?:ord|op)_[0-9a-z]+/i;

/** Whose the orders, operations and tokens are that calls have named along with a partner. */
export class Owners {
  readonly #ofThing = new Map<string, string>();
  readonly #ofInvocation = new Map<string, string>();

  /**
   * Whose call it is: what it says itself, else whose the thing is that it names, else whose the invocation was at work
   * on last. A schedule works on several partners in one invocation, on each in turn or on some at once.
   */
  of(text: string, invocation: string | undefined): string | undefined {
    const things = [...(ID.exec(text) ?? []), ...(tokenIn(text) ?? [])];
    const said = PARTNER.exec(text)?.[0];
    const owner = said ?? things.map((thing) => this.#ofThing.get(thing)).find((known) => known !== undefined);
    if (owner === undefined) {
      return invocation === undefined ? undefined : this.#ofInvocation.get(invocation);
    }
    if (said !== undefined) {
      for (const thing of things) {
        this.#ofThing.set(thing, owner);
      }
    }
    if (invocation !== undefined) {
      this.#ofInvocation.set(invocation, owner);
    }
    return owner;
  }
}

function tokenIn(text: string): string[] | undefined {
  const token = /"taskToken":(?:\{"S":)?"([^"]+)"/.exec(text)?.[1];
  return token === undefined ? undefined : [token];
}

/** Reads what a request is about. */
export function callOf(service: ServiceName, message: IncomingMessage, body: string, owners: Owners): Call {
  const { method = '', url = '', headers } = message;
  const trace = headers['x-amzn-trace-id'] ?? headers['x-request-id'];
  const invocation = typeof trace === 'string' ? requestIdOfTrace(trace) : undefined;
  const operation = String(headers['x-amz-target'] ?? '').split('.')[1];
  const what = operation === undefined ? `${method} ${pathWithoutIds(url)}` : `${operation}${thingsIn(body)}`;
  return {
    service,
    invocation,
    attemptOf: String(headers['amz-sdk-invocation-id'] ?? `${invocation} ${method} ${url} ${body}`),
    what,
    partnerId: owners.of(`${url} ${body}`, invocation),
  };
}

function pathWithoutIds(url: string): string {
  const [path = ''] = url.split('?');
  return path.replace(/^\/operators\/[^/]+/, '').replace(ID, '{id}');
}

/** The kinds of items that a call to DynamoDB names, by their keys. */
function thingsIn(body: string): string {
  const sortKeys = [...body.matchAll(/"sk":\{"S":"([^"#]+)/g)].map(([, kind = '']) =>
    /^\d/.test(kind) ? 'SIM' : kind,
  );
  const index = /"IndexName":"([^"]+)"/.exec(body)?.[1];
  const partition = /":pk":\{"S":"([^"]+)"/.exec(body)?.[1];
  const partitionKind = partition
    ?.split('#')
    .filter((part) => /^[A-Z]+$/.test(part) && part !== 'P')
    .join(' ');
  const kinds = [...new Set([index, partitionKind, ...sortKeys])].filter((kind) => kind !== undefined && kind !== '');
  return kinds.map((kind) => ` ${kind}`).join('');
}

import type { IncomingMessage } from 'node:http';
import type { ServiceName } from '../../local/cloud.ts';
import { requestIdOfTrace } from '../../local/lambda/invocation.ts';

/** An attempt of a call that a function makes. */
export type Call = {
  service: ServiceName;
  /** The id of the calling invocation; undefined for calls outside of one. */
  invocation: string | undefined;
  /** Identifies the call; the same for all its attempts. */
  attemptOf: string;
  /** The request without ids: `UpdateItem SIM`, `PUT /orders/{id}`. */
  what: string;
  /** The partner of the call, if known. */
  partnerId: string | undefined;
};

/** Matches the partner ids of lives. */
const PARTNER = /life-\d+-\d+/;
const ID = /\b(?:(?:ord|op)_[0-9a-z]+|tsk_[0-9a-z-]+)/i;

/** Maps orders, operations, tasks and tokens to their partner, learned from calls that name both. */
export class Owners {
  readonly #ofThing = new Map<string, string>();
  readonly #ofInvocation = new Map<string, string>();

  /**
   * Returns the partner of a call: the one that it names, else the owner of an id in it, else the invocation's last partner. One
   * invocation of a schedule may work on several partners, one after the other or concurrently.
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

/** Describes a request as a call. */
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
  return path
    .replace(/^\/operators\/[^/]+/, '')
    .replace(ID, '{id}')
    .replaceAll(/\/[^/]*\d{4}[^/]*/g, '/{id}');
}

/** Lists the kinds of items in a DynamoDB request, by their keys. */
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

import type { Call } from './calls.ts';
import { type Fault, lasting } from './faults.ts';

/** A call of a life: its name, such as `migrate: dynamodb UpdateItem SIM`, and its ordinal among calls of this name. */
export type Point = { name: string; nth: number };

/** The fault of a life, and the call that it hits. */
export type Trial = { point: Point; fault: Fault };
type Armed = Trial & { hit?: string };

type Watched = { counts: Map<string, number>; armed: Armed | undefined };

/** Counts the calls of each life and injects its fault. */
export class Watch {
  readonly #lives = new Map<string, Watched>();
  readonly #seen = new Set<string>();
  readonly #functionOf: (invocation: string) => string | undefined;

  constructor(functionOf: (invocation: string) => string | undefined) {
    this.#functionOf = functionOf;
  }

  begin(partnerId: string, trial?: Trial): void {
    this.#lives.set(partnerId, { counts: new Map(), armed: trial && { ...trial } });
  }

  /** @returns the number of calls by name, and whether the fault occurred. */
  end(partnerId: string): { counts: ReadonlyMap<string, number>; wasHit: boolean } {
    const life = this.#lives.get(partnerId);
    this.#lives.delete(partnerId);
    return { counts: life?.counts ?? new Map(), wasHit: life?.armed?.hit !== undefined };
  }

  /** Decides the fault of a call. */
  readonly judge = (call: Call): Fault | undefined => {
    const name = this.#nameOf(call);
    if (name === undefined) {
      return undefined;
    }
    const isFirstAttempt = !this.#seen.has(call.attemptOf);
    this.#seen.add(call.attemptOf);
    // A call without a partner, such as a query of due items, counts for every watched life.
    const lives = [...this.#lives].filter(
      ([partnerId]) => call.partnerId === undefined || call.partnerId === partnerId,
    );
    const struck = lives.map(([, life]) => strike(life, name, call.attemptOf, isFirstAttempt));
    return struck.find((fault) => fault !== undefined);
  };

  #nameOf({ invocation, service, what, partnerId }: Call): string | undefined {
    const functionName = invocation === undefined ? undefined : this.#functionOf(invocation);
    return (
      functionName && `${shortName(functionName)}: ${service} ${what}${partnerId === undefined ? ' (of all)' : ''}`
    );
  }
}

/** Returns a function's name in the template, without the stack's name and the hash. */
function shortName(functionName: string): string {
  return /([A-Z][A-Za-z]+)Function[0-9A-F]{8}$/.exec(functionName)?.[1] ?? functionName;
}

function strike({ counts, armed }: Watched, name: string, attemptOf: string, isFirst: boolean): Fault | undefined {
  if (!isFirst) {
    return armed?.hit === attemptOf && lasting.has(armed.fault) ? armed.fault : undefined;
  }
  const nth = (counts.get(name) ?? 0) + 1;
  counts.set(name, nth);
  if (armed === undefined || armed.hit !== undefined || armed.point.name !== name || armed.point.nth !== nth) {
    return undefined;
  }
  armed.hit = attemptOf;
  return armed.fault;
}

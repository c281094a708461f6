import type { Call } from './calls.ts';
import { type Fault, lasting } from './faults.ts';

/** One of the calls that a life makes: `migrate: dynamodb UpdateItem SIM`, and the how-manieth of these. */
export type Point = { name: string; nth: number };

/** What is done to a life, and whether it has come about. */
export type Trial = { point: Point; fault: Fault };
type Armed = Trial & { hit?: string };

type Watched = { counts: Map<string, number>; armed: Armed | undefined };

/** Numbers the calls of each life, and makes the fault that a life is to have. */
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

  /** @returns how often each call was made, and whether the fault came about. */
  end(partnerId: string): { counts: ReadonlyMap<string, number>; wasHit: boolean } {
    const life = this.#lives.get(partnerId);
    this.#lives.delete(partnerId);
    return { counts: life?.counts ?? new Map(), wasHit: life?.armed?.hit !== undefined };
  }

  /** Says what shall happen to a call. */
  readonly judge = (call: Call): Fault | undefined => {
    const name = this.#nameOf(call);
    if (name === undefined) {
      return undefined;
    }
    const isFirstAttempt = !this.#seen.has(call.attemptOf);
    this.#seen.add(call.attemptOf);
    // What is about nobody in particular, as what is due, is a call of every life that is watched.
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

/** What a function is called in the template, without the stack's name and the hash that make it unique. */
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

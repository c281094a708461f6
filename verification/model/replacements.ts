import { isAlreadyDone, type Model, refusals, type Sim } from './model.ts';
import { mayChange, possibleSims } from './outcomes.ts';

/* The contract of replacements. Like the model, this imports nothing from the product. */

/** What a SIM keeps of replacements. */
export type ReplacementMarks = {
  /** The SIM's last replacement, until one succeeds: the other SIM, and whether the new one is to be activated. */
  claim?: { with: string; activates: boolean };
  replacedBy?: string;
  replaces?: string;
};

/** The two SIMs of a replacement. */
export type Pair = { old: string; by: string };

/** A replacement that has finished. */
export type Replacement = Pair & { id: string; state: string; succeeded: number; failed: number };

export type Step = 'assign' | 'label' | 'activate' | 'terminate';

/** The steps of a replacement that succeeds. */
export const stepsOf = (activates: boolean): Step[] => [
  'assign',
  'label',
  ...(activates ? ['activate' as const] : []),
  'terminate',
];

const inUse = ['assigned', 'testing', 'active', 'suspended'];

/** A possible answer to a request: what an accepted replacement takes over, or the codes of a refusal. */
type Answer =
  | { status: 202; activates: boolean; customer: string; service: string }
  | { status: 409 | 422; codes: readonly string[] };

/** The answer to the replacement of a SIM by another one of the partner, while no replacement is running. */
function answerTo(model: Model, old: Sim, by: Sim): Answer {
  const { customer, service } = old;
  const isContinued = old.claim?.with === by.iccid && by.claim?.with === old.iccid;
  const isReplaceable = inUse.includes(old.state) || (isContinued && old.state === 'terminated');
  const isTakenOver = isContinued && inUse.includes(by.state) && by.customer === customer;
  if (!isReplaceable || customer === undefined || service === undefined || !(by.state === 'in_stock' || isTakenOver)) {
    return { status: 409, codes: ['wrong_state'] };
  }
  const request = { action: 'assign' as const, customer, service };
  const codes = isAlreadyDone(model, by, request) ? [] : refusals(model, by, request);
  const activates = old.state === 'active' || (isContinued && old.claim?.activates === true);
  return codes.length > 0 ? { status: 422, codes } : { status: 202, activates, customer, service };
}

/** The possible answers for a pair of SIMs, and whether late confirmations may change one of them meanwhile. */
export function answersTo(model: Model, { old, by }: Pair): { answers: Answer[]; isUnsteady: boolean } {
  const [olds, others] = [old, by].map((iccid) => model.sims.get(iccid) ?? []);
  const pairs = (olds ?? [])
    .flatMap(possibleSims)
    .flatMap((one) => (others ?? []).flatMap(possibleSims).map((other) => [one, other] as const));
  return {
    answers: pairs.map(([one, other]) => answerTo(model, one, other)),
    isUnsteady: [...(olds ?? []), ...(others ?? [])].some(mayChange),
  };
}

/** Both SIMs when a replacement starts: each notes the other one. */
export function claimPair(model: Model, { old, by }: Pair, activates: readonly boolean[]): void {
  for (const [iccid, other] of [
    [old, by],
    [by, old],
  ] as const) {
    const sims = model.sims.get(iccid) ?? [];
    model.sims.set(
      iccid,
      sims.flatMap((sim) =>
        activates.map((one) => ({ ...sim, claim: { with: other, activates: one }, isChanged: true })),
      ),
    );
  }
}

/** Both SIMs when a replacement has succeeded. */
export function markPair(model: Model, { old, by }: Pair): void {
  for (const [iccid, marks] of [
    [old, { replacedBy: by }],
    [by, { replaces: old }],
  ] as const) {
    const sims = model.sims.get(iccid) ?? [];
    model.sims.set(
      iccid,
      sims.map(({ claim: _claim, ...sim }) => ({ ...sim, ...marks, isChanged: true })),
    );
  }
}

import { randomUUID } from 'node:crypto';
import type { Tenant } from '../../domain/access.ts';
import { absent, ConditionFailed, get, put, update, write, writeIf } from './items.ts';
import { idempotencyKey } from './keys.ts';

/** What was answered to a request. `sealed`: its body shows a secret, and is encrypted. */
export type KeptResponse = { status: number; headers: Record<string, string>; body: string; sealed?: true };

/** A request that its caller may send again: who claims it first carries it out, all others are told what came of it. */
export type ClaimedRequest = {
  /** Tells this request from another one with the same key. */
  fingerprint: string;
  /** When it was first asked for: a second attempt makes the same of it. */
  at: string;
  /** From which the ids of what it makes come, so that a second attempt makes nothing anew. */
  seed: string;
  /** Until when the attempt that is under way may take, in milliseconds of real time; after that it has crashed. */
  heldUntil: number;
  response?: KeptResponse;
  /** When the key is free again, in seconds of real time; DynamoDB removes the item some time after. */
  expiresAt: number;
};

/** For how long a key stands for its request, in seconds: the contract's 24 hours. */
const KEPT_FOR = 24 * 3600;

/**
 * Claims a key for a request.
 *
 * @param heldUntil when this attempt is over for sure, in milliseconds of real time.
 * @returns the claim, and whether it is ours to carry out; otherwise it is as another attempt made it.
 */
export async function claim(
  owner: Tenant,
  key: string,
  { fingerprint, at, heldUntil }: Pick<ClaimedRequest, 'fingerprint' | 'at' | 'heldUntil'>,
): Promise<{ claimed: ClaimedRequest; ours: boolean }> {
  const seconds = Math.floor(Date.now() / 1000);
  const claimed = { fingerprint, at, seed: randomUUID(), heldUntil, expiresAt: seconds + KEPT_FOR };
  const free = {
    expression: `${absent.expression} OR #expiresAt <= :now`,
    names: { '#expiresAt': 'expiresAt' },
    values: { ':now': seconds },
  };
  try {
    await write(put({ ...claimed, ...idempotencyKey(owner, key) }, free));
    return { claimed, ours: true };
  } catch (error) {
    if (!(error instanceof ConditionFailed)) {
      throw error;
    }
  }
  const there = await get<ClaimedRequest>(idempotencyKey(owner, key));
  // The SDK tries again when an answer is lost, and finds what it wrote itself.
  return there
    ? { claimed: there, ours: there.seed === claimed.seed }
    : claim(owner, key, { fingerprint, at, heldUntil });
}

/** Takes over a claim whose attempt has crashed. @returns false when another attempt was faster. */
export async function takeOver(
  owner: Tenant,
  key: string,
  crashed: ClaimedRequest,
  heldUntil: number,
): Promise<boolean> {
  return changeHeld(owner, key, crashed.heldUntil, { heldUntil });
}

/** Keeps what was answered; an attempt that was taken over keeps nothing. */
export async function keepResponse(
  owner: Tenant,
  key: string,
  heldUntil: number,
  response: KeptResponse,
): Promise<void> {
  await changeHeld(owner, key, heldUntil, { response });
}

/** Lets the next attempt begin at once: this one failed by no fault of the request. */
export async function letGo(owner: Tenant, key: string, heldUntil: number): Promise<void> {
  await changeHeld(owner, key, heldUntil, { heldUntil: 0 });
}

async function changeHeld(
  owner: Tenant,
  key: string,
  heldUntil: number,
  set: Partial<ClaimedRequest>,
): Promise<boolean> {
  const held = {
    expression: '#heldUntil = :expected AND attribute_not_exists(#response)',
    names: { '#heldUntil': 'heldUntil', '#response': 'response' },
    values: { ':expected': heldUntil },
  };
  return writeIf(update(idempotencyKey(owner, key), { set }, held));
}

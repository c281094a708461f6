import { isLocalStage } from '../../adapters/environment.ts';
import { publicAddresses } from '../../adapters/webhooks/post.ts';
import type { Problem } from '../../domain/verdict.ts';
import { hostOf, notPublicProblem, targetProblem } from '../../domain/webhook.ts';
import { invalidInput } from '../refusal.ts';

/**
 * Checks that events can be sent to a URL. Every connection checks the address again, because DNS records can change.
 *
 * @throws Refusal `invalid_input`
 */
export async function requirePublicTarget(url: string): Promise<void> {
  const isLocal = isLocalStage();
  const problem = targetProblem(url, isLocal) ?? (isLocal ? undefined : await addressProblem(hostOf(new URL(url))));
  if (problem) {
    throw invalidInput([{ pointer: '/url', code: problem.code, message: problem.detail }]);
  }
}

async function addressProblem(host: string): Promise<Problem | undefined> {
  try {
    await publicAddresses(host);
    return undefined;
  } catch {
    // A name that does not resolve is not public either.
    return notPublicProblem(host);
  }
}

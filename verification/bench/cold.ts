import type { PartnerId } from '../../domain/ids.ts';
import { benchSim, callHandler, eventFor, handlerOf } from './sim-request.ts';

// A separate process with a function's environment: loads a handler and makes its first call.

export type ColdJob = { file: string; partnerId: PartnerId };
/** From the start of the load until the first response: the time, and the processor time of all threads. */
export type ColdResult = { wallMs: number; cpuMs: number };

process.once('message', async (message) => {
  // Safe: verification/bench/authorisation.ts sends this type.
  const { file, partnerId } = message as ColdJob;
  const event = eventFor(benchSim().iccid, partnerId);
  const [before, cpuBefore] = [performance.now(), process.cpuUsage()];
  await callHandler(await handlerOf(file), event);
  const { user, system } = process.cpuUsage(cpuBefore);
  const result: ColdResult = { wallMs: performance.now() - before, cpuMs: (user + system) / 1000 };
  process.send?.(result, () => process.exit(0));
});

import { addSims } from '../../adapters/dynamodb/sims.ts';
import type { PartnerId } from '../../domain/ids.ts';
import { benchSim, callHandler, eventFor, type Handler, handlerOf } from './sim-request.ts';

// A separate process with a function's environment: calls a handler and its floor alternately on one SIM.

/** The files of the two bundles, ours and the floor, the partner of the SIM, and the number of calls of each. */
export type WarmJob = { ours: string; bare: string; partnerId: PartnerId; calls: number };
export type WarmResult = { iccid: string; ours: Times; floor: Times };
export type Times = { wallMs: number[]; cpuMs: number[] };

const WARM_UP = 500;
/** The resolution of CPU time is too coarse for a single call. */
const CALLS_A_ROUND = 100;

process.once('message', async (message) => {
  // Safe: the bench sends this type.
  const { ours, bare, partnerId, calls } = message as WarmJob;
  const sim = benchSim();
  await addSims(partnerId, [{ sim }]);
  const event = eventFor(sim.iccid, partnerId);
  const one = caller(await handlerOf(ours), event);
  const other = caller(await handlerOf(bare), event);
  for (let call = 0; call < WARM_UP; call += 1) {
    await one.call();
    await other.call();
  }
  const result: WarmResult = { iccid: sim.iccid, ours: { wallMs: [], cpuMs: [] }, floor: { wallMs: [], cpuMs: [] } };
  for (let call = 0; call < calls; call += 1) {
    result.ours.wallMs.push(await one.wallMs());
    result.floor.wallMs.push(await other.wallMs());
  }
  for (let round = 0; round < calls / CALLS_A_ROUND; round += 1) {
    result.ours.cpuMs.push(await one.cpuMs());
    result.floor.cpuMs.push(await other.cpuMs());
  }
  process.send?.(result, () => process.exit(0));
});

function caller(handler: Handler, event: unknown) {
  const call = () => callHandler(handler, event);
  return {
    call,
    async wallMs() {
      const before = performance.now();
      await call();
      return performance.now() - before;
    },
    async cpuMs() {
      const before = process.cpuUsage();
      for (let count = 0; count < CALLS_A_ROUND; count += 1) {
        await call();
      }
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000 / CALLS_A_ROUND;
    },
  };
}

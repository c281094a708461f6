import { once } from 'node:events';

/** After the last test file: the process ends, with its folder. */
export default async function stopSynthesis() {
  const { synthesis } = globalThis;
  // One that broke down in between has left its reason, and nobody waits for it.
  if (synthesis.connected) {
    const exited = once(synthesis, 'exit');
    synthesis.disconnect();
    await exited;
  }
}

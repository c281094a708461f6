import { once } from 'node:events';

/** After the last test file: the process ends, with its folder. */
export default async function stopSynthesis() {
  const exited = once(globalThis.synthesis, 'exit');
  globalThis.synthesis.disconnect();
  await exited;
}

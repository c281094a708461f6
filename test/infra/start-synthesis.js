import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Before the first test file, in the first process of jest: its workers inherit the variable. */
export default async function startSynthesis() {
  // Options of this process are a test runner's, not the CDK's.
  const child = fork(fileURLToPath(new URL('./synthesis.ts', import.meta.url)), { execArgv: [] });
  const [url] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`test/infra/synthesis.ts ended with ${code}`);
    }),
  ]);
  process.env.SYNTHESIS = url;
  globalThis.synthesis = child;
}

import { once } from 'node:events';
import { type LocalCloud, startLocalCloud } from '../../../local/cloud.ts';
import { harshSettings } from '../../../local/harsh/settings.ts';
import type { CloudMessage, CloudSettings, PoolMessage, SignRequest } from './cloud-pool.ts';

// A local cloud in a separate process. In jest's contexts its modules would take many times as long to load, and would be
// loaded again for each file.

/** A cloud that takes longer to stop writes what it waits for. */
const STOP_USUALLY_MS = 30_000;

/** A cloud that does not start or stop ends after this time even if nothing is left that would kill it. */
const LEAVE_WITHIN_MS = 90_000;

const send = (message: CloudMessage) => process.send?.(message);

// Ctrl-C signals the whole process group. This process ends when its parent closes the channel.
process.on('SIGINT', () => undefined);
const left = Promise.race([once(process, 'disconnect'), once(process, 'SIGTERM')]);

void left.then(() => setTimeout(() => process.exit(1), LEAVE_WITHIN_MS));

try {
  // The pool starts this file with exactly this argument.
  const settings = JSON.parse(process.argv[2] ?? '') as CloudSettings;
  const cloud = await startLocalCloud({
    port: 0,
    ...settings,
    harsh: harshSettings(
      settings.harshSeed === undefined ? process.env : { CLOUD: 'harsh', HARSH_SEED: settings.harshSeed },
    ),
  });
  if (cloud.harsh) {
    process.stderr.write(`A cloud in harsh mode, HARSH_SEED=${cloud.harsh.seed}\n`);
  }
  process.on('message', (message: PoolMessage) => {
    if ('held' in message) {
      cloud.clock.set({ held: message.held });
    } else {
      void sign(cloud, message);
    }
  });
  const { url, endpoints, parts, functionsLog } = cloud;
  const { issuer, audience, jwks } = cloud.issuer;
  send({ type: 'ready', facts: { url, endpoints, parts, functionsLog, issuer: { issuer, audience, jwks } } });
  await left;
  const stuck = setTimeout(() => {
    process.stderr.write(
      `The local cloud does not stop. It waits for: ${process.getActiveResourcesInfo().join(', ')}\n`,
    );
  }, STOP_USUALLY_MS);
  await cloud.stop();
  clearTimeout(stuck);
} catch (error) {
  send({ type: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}
process.exit();

async function sign(cloud: LocalCloud, { id, claims }: SignRequest): Promise<void> {
  send({ type: 'signed', id, token: await cloud.issuer.sign(claims) });
}

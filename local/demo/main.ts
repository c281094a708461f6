import type { PlatformKind } from '../../domain/operator.ts';
import { startLocalCloud } from '../cloud.ts';

import { harshSettings } from '../harsh/settings.ts';
import { StartError } from '../start-error.ts';
import { createClient } from './client.ts';
import { DEMO_USAGE, demoArguments } from './demo-arguments.ts';
import { demoOperators } from './demo-operators.ts';
import { createDemoView } from './stage.ts';
import { DEMO_SIMS, runStory } from './story.ts';

// npm run demo: runs the partner guide on the local cloud. Exits with 0 only when every SIM is active and has usage.

const DAY_MS = Number(process.env.DAY_MS ?? 1000);

try {
  const given = demoArguments(process.argv.slice(2));
  if (given === 'help') {
    process.stdout.write(`${DEMO_USAGE}\n`);
  } else {
    await runDemo(given.kind);
  }
} catch (error) {
  process.stderr.write(`${error instanceof StartError ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function runDemo(kind: PlatformKind): Promise<void> {
  const startedAt = Date.now();
  const cloud = await startLocalCloud({
    port: 0,
    dayMs: DAY_MS,
    harsh: harshSettings(process.env),
    log: (line) => void process.stderr.write(`${line}\n`),
  });
  const { now } = cloud.clock;
  const view = createDemoView(now);
  try {
    view.line(`The local cloud runs at ${cloud.url}; a day lasts ${DAY_MS} ms`);
    const api = createClient(cloud.url, await cloud.tokenFor({ partnerId: 'demo', roles: ['admin'] }));
    const platform = createClient(cloud.url, await cloud.tokenFor({ roles: ['platform'] }));
    const clients = { platform, local: createClient(cloud.url, '') };
    const { active, withUsage } = await runStory(api, view, await demoOperators(kind, clients, view));
    if (active === DEMO_SIMS && withUsage === DEMO_SIMS) {
      const seconds = ((Date.now() - startedAt) / 1000).toFixed(0);
      view.good(`All ${DEMO_SIMS} SIMs are active and report usage, ${seconds} s after the start.`);
    } else {
      view.bad(`${active} SIMs are active and ${withUsage} report usage; expected ${DEMO_SIMS}.`);
      process.exitCode = 1;
    }
  } catch (error) {
    view.bad(`The demo failed: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  } finally {
    view.end();
    await cloud.stop();
  }
}

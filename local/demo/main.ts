import { parseArgs } from 'node:util';
import { startLocalCloud } from '../cloud.ts';
import { harshSettings } from '../harsh/settings.ts';
import { StartError } from '../start-error.ts';
import { createClient } from './client.ts';
import { demoKinds, moveOperators } from './staff.ts';
import { createDemoView } from './stage.ts';
import { runStory } from './story.ts';

// npm run demo: runs the partner guide on the local cloud. Exits with 0 only when every SIM is active and has usage.
// `-- --kind control-center` moves the operators to that kind of platform first.

const EXPECTED = 90;
const DAY_MS = Number(process.env.DAY_MS ?? 1000);
const PARTNER = 'demo';

const { values } = parseArgs({ options: { kind: { type: 'string', default: 'sim-fulfilment' } } });
const kind = demoKinds.find((each) => each === values.kind);
if (kind === undefined) {
  process.stderr.write(`--kind must be one of ${demoKinds.join(', ')}, not ${values.kind}\n`);
  process.exit(2);
}

try {
  const startedAt = Date.now();
  const cloud = await startLocalCloud({
    port: 0,
    dayMs: DAY_MS,
    harsh: harshSettings(process.env),
    log: (line) => void process.stderr.write(`${line}\n`),
  });
  const view = createDemoView(cloud.clock.now);
  try {
    view.line(`The local cloud runs at ${cloud.url}; a day lasts ${DAY_MS} ms`);
    const token = await cloud.tokenFor({ partnerId: PARTNER, roles: ['admin'] });
    const local = createClient(cloud.url, '');
    const platform = createClient(cloud.url, await cloud.tokenFor({ roles: ['platform'] }));
    const staff = await moveOperators(kind, ['3uk', 'a1'], { platform, local, partnerId: PARTNER, view });
    const { active, withUsage } = await runStory(createClient(cloud.url, token), local, view, staff);
    if (active === EXPECTED && withUsage === EXPECTED) {
      const seconds = ((Date.now() - startedAt) / 1000).toFixed(0);
      view.good(`All ${EXPECTED} SIMs are active and report usage, ${seconds} s after the start.`);
    } else {
      view.bad(`${active} SIMs are active and ${withUsage} report usage; expected ${EXPECTED}.`);
      process.exitCode = 1;
    }
  } catch (error) {
    view.bad(`The demo failed: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  } finally {
    view.end();
    await cloud.stop();
  }
} catch (error) {
  process.stderr.write(`${error instanceof StartError ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

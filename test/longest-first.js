import { createRequire } from 'node:module';

const { default: Sequencer } = createRequire(import.meta.url)('@jest/test-sequencer');

/**
 * On a fresh machine jest knows no durations and goes by the size of files, which says little of these. What mostly waits for days
 * to pass stands among what keeps the cores busy; at the start that is what needs no cloud, until the first ones are there.
 */
const longest = [
  'fleet.long',
  'local/cloud',
  'sim-fulfilment-app',
  'new-route.long',
  'resilience.long',
  'orders-failed',
  'alarms',
  'executions-across-releases.long',
  'bulk-scheduled',
  'orders-to-active',
  'orders-late-activations',
  'http-roles',
  'orders-unruly-operators',
  'bulk-dry-run',
  'set-aside',
  'http-hostile-input',
  'webhooks-deliveries',
  'sims-lists',
  'orders-ends',
  'harsh',
  'bulk-cancel-and-retry',
  'usage',
  'chaos',
  'bulk-goes-on',
  'bulk-actions',
  'docs-commands',
  'restore',
  'orders-plans',
  'sims-life',
  'bulk-selections',
  'machine-clients',
  'holding',
  'fuzz',
  'model',
  'http-ground-rules',
];

/** What takes longest starts first, so that no worker waits for the last file of another. */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const place = longest.findIndex((name) => path.endsWith(`/${name}.test.ts`));
      return place < 0 ? longest.length : place;
    };
    return super.sort(tests).toSorted((one, other) => rank(one) - rank(other));
  }
}

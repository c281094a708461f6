import { createRequire } from 'node:module';

const { default: Sequencer } = createRequire(import.meta.url)('@jest/test-sequencer');

/**
 * On a fresh machine jest knows no durations and goes by the size of files, which says little of these. What mostly waits for days
 * to pass stands among what keeps the cores busy; at the start that is what needs no cloud, until the first ones are there.
 */
const longest = [
  'fleet',
  'local/cloud',
  'sim-fulfilment-app',
  'orders-failed',
  'resilience',
  'alarms',
  'orders-to-active',
  'orders-late-activations',
  'http-roles',
  'orders-unruly-operators',
  'executions-across-releases',
  'bulk-dry-run',
  'set-aside',
  'http-hostile-input',
  'webhooks-deliveries',
  'orders-ends',
  'sims-lists',
  'bulk-scheduled',
  'bulk-cancel-and-retry',
  'usage',
  'bulk-goes-on',
  'chaos',
  'holding',
  'restore',
  'orders-plans',
  'docs-commands',
  'bulk-actions',
  'bulk-selections',
  'sims-life',
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

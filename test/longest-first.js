import { createRequire } from 'node:module';

const { default: Sequencer } = createRequire(import.meta.url)('@jest/test-sequencer');

/**
 * The longest tests. On a fresh machine jest knows no durations and sorts by file size, which says little about these. Tests that mostly
 * wait alternate with tests that use the processor. The first ones need no cloud, because clouds take a while to start.
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

/** Starts the longest tests first, so that all workers finish at about the same time. */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const place = longest.findIndex((name) => path.endsWith(`/${name}.test.ts`));
      return place < 0 ? longest.length : place;
    };
    return super.sort(tests).toSorted((one, other) => rank(one) - rank(other));
  }
}

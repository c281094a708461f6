import { createRequire } from 'node:module';

const { default: Sequencer } = createRequire(import.meta.url)('@jest/test-sequencer');

/**
 * The longest tests. On a fresh machine jest knows no durations and sorts by file size, which says little about these. Tests that mostly
 * wait alternate with tests that use the processor. The first ones need no cloud, because clouds take a while to start.
 */
const longest = [
  'fleet',
  'local/cloud',
  'sim-fulfilment-app',
  'new-route',
  'resilience',
  'http-roles',
  'alarms',
  'executions-across-releases',
  'orders-late-activations',
  'manual-orders',
  'orders-to-active',
  'orders-failed',
  'chaos',
  'bulk-dry-run',
  'bulk-cancel-and-retry',
  // Shares the cloud of alarms, which the pool keeps for two minutes.
  'holding',
  'bulk-dry-run-many',
  'alarms-fleet',
  'fuzz',
  'sims-lists',
  'backfill',
  'bulk-goes-on',
  'bulk-scheduled',
  'orders-unruly-operators',
  'external-issuer',
  'set-aside',
  'http-hostile-input',
  'webhooks-deliveries',
  'bulk-selections',
  'restore',
  'orders-plans',
  'docs-commands',
  'services-of-customers',
  'services-catalogue',
  'http-ground-rules',
  'harsh',
  'orders-ends',
  'usage',
  'bulk-actions',
  'model',
  'machine-clients',
  'sims-life',
];

/** Starts the longest tests first, so that all workers finish at about the same time. */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const place = longest.findIndex(
        (name) => path.endsWith(`/${name}.test.ts`) || path.endsWith(`/${name}.long.test.ts`),
      );
      return place < 0 ? longest.length : place;
    };
    return super.sort(tests).toSorted((one, other) => rank(one) - rank(other));
  }
}

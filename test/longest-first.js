import { createRequire } from 'node:module';

const { default: Sequencer } = createRequire(import.meta.url)('@jest/test-sequencer');

/** On a fresh machine jest knows no durations and goes by the size of files, which says little of these. */
const longest = [
  'fleet',
  'orders-failed',
  'resilience',
  'alarms',
  'executions-across-releases',
  'orders-to-active',
  'bulk-scheduled',
  'chaos',
  'orders-plans',
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

/** Prints a line with the number of passed and failed tests at the end of a run. */
export default class SummaryReporter {
  onRunComplete(_contexts, { numPassedTests, numFailedTests, numFailedTestSuites, numPendingTests }) {
    // A suite that fails to load has no failed test.
    const failed = Math.max(numFailedTests, numFailedTestSuites);
    const skipped = numPendingTests > 0 ? `, ${numPendingTests} skipped` : '';
    // On exit, because jest prints its own summary after all reporters.
    process.once('exit', () => process.stdout.write(`${numPassedTests} passed, ${failed} failed${skipped}\n`));
  }
}

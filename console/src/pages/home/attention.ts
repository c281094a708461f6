/** What the rule needs to know of an operation. */
type OperationFacts = { state: string; dryRun?: boolean | undefined; failed: number; createdAt: string };

/** An order that ended without its SIMs. A cancelled order ended as the partner asked. */
export function hasFailed({ state }: { state: string }): boolean {
  return state === 'failed' || state === 'rejected';
}

const WEEK_MS = 7 * 86_400_000;

/** Operations of the last week that left SIMs as they were. A dry run reports them without a need to act. */
export function needsRetry({ state, dryRun, failed, createdAt }: OperationFacts, now: Date): boolean {
  const isRecent = now.getTime() - Date.parse(createdAt) < WEEK_MS;
  return (
    isRecent && !dryRun && (state === 'failed' || state === 'partially_succeeded') && (failed > 0 || state === 'failed')
  );
}

/** The state that all items have: the filter of their list. Undefined when they have several. */
export function commonState(items: readonly { state: string }[]): string | undefined {
  const [state, ...others] = new Set(items.map((item) => item.state));
  return others.length === 0 ? state : undefined;
}

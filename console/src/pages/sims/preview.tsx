import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { formatDay, formatNumber } from '../../app/format.ts';
import { RouterLink } from '../../app/router-link.tsx';
import { isOperationRunning } from '../../app/state-status.ts';
import * as text from '../../text/index.ts';
import { stateText } from '../../text/state-text.ts';
import { operationQuery, readResults } from '../operation/queries.ts';
import { type DryRun, isReport, type Operation } from './queries.ts';
import { type Report, reportOf } from './report.ts';
import type { OfferedAction } from './selection.ts';

const words = text.sims.action;

/** What will happen, from a dry run: how many SIMs the action is possible for, and why not for the others. */
export function Preview({
  action,
  dryRun,
  isPossible,
  isOutdated,
}: {
  action: OfferedAction | 'replace';
  dryRun: UseQueryResult<DryRun | Operation>;
  /** Whether the form is complete enough to be checked. */
  isPossible: boolean;
  isOutdated: boolean;
}) {
  const { data, isError, isFetching } = dryRun;
  return (
    <div aria-live="polite">
      <Box variant="h4">{words.preview}</Box>
      {!isPossible && <Box color="text-body-secondary">{words.incomplete}</Box>}
      {isPossible && (isFetching || isOutdated) && <StatusIndicator type="loading">{words.checking}</StatusIndicator>}
      {isPossible && !isFetching && !isOutdated && isError && <Box>{words.notChecked}</Box>}
      {isPossible && !isFetching && !isOutdated && !isError && data && <Answer action={action} answer={data} />}
    </div>
  );
}

function Answer({ action, answer }: { action: OfferedAction | 'replace'; answer: DryRun | Operation }) {
  return isReport(answer) ? (
    <Summary action={action} report={reportOf(answer, answer.results)} />
  ) : (
    <LargeReport action={action} operationId={answer.id} />
  );
}

function Summary({ action, report }: { action: OfferedAction | 'replace'; report: Report }) {
  const { changing, unchanged, ineligible, refusals, withinTerm } = report;
  const done = words.done[action];
  return (
    <>
      {changing > 0 ? (
        <StatusIndicator type="success">{words.will(formatNumber(changing), done)}</StatusIndicator>
      ) : (
        <Alert type="warning">{noChange(report, done)}</Alert>
      )}
      {unchanged > 0 && action !== 'replace' && (
        <Box margin={{ top: 'xs' }}>
          <StatusIndicator type="info">{words.already(formatNumber(unchanged), words.state[action])}</StatusIndicator>
        </Box>
      )}
      {withinTerm && (
        <Box margin={{ top: 'xs' }}>
          <StatusIndicator type="warning">
            {words.withinTerm(formatNumber(withinTerm.count), formatDay(withinTerm.until))}
          </StatusIndicator>
        </Box>
      )}
      {ineligible > 0 && (
        <Box margin={{ top: 'xs' }}>
          <StatusIndicator type="warning">{words.cannot(formatNumber(ineligible), done)}</StatusIndicator>
          <ul>
            {refusals.map(({ code, count }) => (
              <li key={code}>
                {formatNumber(count)}: {stateText('problem', code)}
              </li>
            ))}
          </ul>
          {refusals.length > 0 && <Examples refusals={refusals} />}
        </Box>
      )}
    </>
  );
}

/** Why an action changes nothing. */
function noChange({ unchanged, ineligible }: Report, done: string): string {
  if (unchanged + ineligible === 0) {
    return words.noSims;
  }
  return unchanged > 0 ? words.noneWill(done) : words.noneCan(done);
}

/** A few of the SIMs that the action is not possible for, in the API's words. */
function Examples({ refusals }: Pick<Report, 'refusals'>) {
  return (
    <ExpandableSection headerText={words.examples}>
      <ul>
        {refusals.flatMap(({ code, count, examples }) => [
          ...examples.map(({ iccid, detail }) => (
            <li key={`${code} ${iccid}`}>
              {iccid}: {detail}
            </li>
          )),
          count > examples.length && (
            <li key={code}>{words.moreExamples(formatNumber(count - examples.length), stateText('problem', code))}</li>
          ),
        ])}
      </ul>
    </ExpandableSection>
  );
}

/** More than 1,000 SIMs: the check is an operation, which is followed until it ends. */
function LargeReport({ action, operationId }: { action: OfferedAction | 'replace'; operationId: string }) {
  const operation = useQuery(operationQuery(operationId)).data;
  const isDone = operation !== undefined && !isOperationRunning(operation);
  const failed = useQuery({
    queryKey: ['operations', operationId, 'results', 'why'],
    queryFn: () => readResults(operationId, 'failed', undefined),
    enabled: isDone && operation.failed > 0,
  }).data;
  if (!isDone) {
    return <StatusIndicator type="loading">{words.largePreview}</StatusIndicator>;
  }
  const { succeeded, unchanged = 0, failed: ineligible } = operation;
  const report = reportOf({ eligible: succeeded, unchanged, ineligible }, failed?.items ?? []);
  return (
    <>
      {operation.failure && <Alert type="error">{operation.failure.detail}</Alert>}
      <Summary action={action} report={report} />
      {failed?.nextCursor !== undefined && <Box>{words.firstReasons(formatNumber(failed.items.length))}</Box>}
      <RouterLink to={`/operations/${operationId}`}>{words.allResults}</RouterLink>
    </>
  );
}

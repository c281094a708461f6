import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { UseQueryResult } from '@tanstack/react-query';
import { formatDay, formatNumber } from '../../app/format.ts';
import { RouterLink } from '../../app/router-link.tsx';
import * as text from '../../text/index.ts';
import { stateText } from '../../text/state-text.ts';
import type { Report } from './report.ts';
import { isPermanent, type OfferedAction } from './selection.ts';
import type { Found } from './use-report.ts';

const words = text.sims.action;

/** What will happen, from a dry run: how many SIMs the action is possible for, and why not for the others. */
export function Preview({
  action,
  dryRun: { isError, isFetching },
  found,
  notes = [],
  isPossible,
  isOutdated,
}: {
  action: OfferedAction | 'replace';
  dryRun: Pick<UseQueryResult, 'isError' | 'isFetching'>;
  found: Found;
  /** What to know first. */
  notes?: readonly string[];
  /** Whether the form is complete enough to be checked. */
  isPossible: boolean;
  isOutdated: boolean;
}) {
  const isChecking = isFetching || isOutdated;
  return (
    <div aria-live="polite">
      <Box variant="h4">{words.preview}</Box>
      {!isPossible && <Box color="text-body-secondary">{words.incomplete}</Box>}
      {isPossible && isChecking && <StatusIndicator type="loading">{words.checking}</StatusIndicator>}
      {isPossible && !isChecking && isError && <Box>{words.notChecked}</Box>}
      {isPossible && !isChecking && !isError && <Findings action={action} found={found} notes={notes} />}
    </div>
  );
}

function Findings({
  action,
  found: { report, operationId, failure, reasonsOf },
  notes,
}: {
  action: OfferedAction | 'replace';
  found: Found;
  notes: readonly string[];
}) {
  if (!report) {
    return operationId !== undefined && <StatusIndicator type="loading">{words.largePreview}</StatusIndicator>;
  }
  return (
    <>
      {failure !== undefined && <Alert type="error">{failure}</Alert>}
      {notes.map((note) => (
        <Box key={note} margin={{ bottom: 'xs' }}>
          {note}
        </Box>
      ))}
      <Summary action={action} report={report} />
      {reasonsOf !== undefined && <Box>{words.firstReasons(formatNumber(reasonsOf))}</Box>}
      {operationId !== undefined && (
        <Box margin={{ top: 'xs' }}>
          <RouterLink to={`/operations/${operationId}`}>{words.allResults}</RouterLink>
        </Box>
      )}
    </>
  );
}

function Summary({ action, report }: { action: OfferedAction | 'replace'; report: Report }) {
  const { changing, unchanged, ineligible, refusals, withinTerm } = report;
  const done = words.done[action];
  return (
    <>
      {changing > 0 ? (
        <StatusIndicator type={action === 'replace' || isPermanent(action) ? 'warning' : 'success'}>
          {words.will(formatNumber(changing), done)}
        </StatusIndicator>
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

import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useQuery } from '@tanstack/react-query';
import { formatNumber } from '../../app/format.ts';
import { ProblemAlert } from '../../app/problem-alert.tsx';
import { RouterLink } from '../../app/router-link.tsx';
import { isOperationRunning } from '../../app/state-status.ts';
import * as text from '../../text/index.ts';
import { stateText } from '../../text/state-text.ts';
import { operationQuery } from '../operation/queries.ts';
import { type ActionDraft, canPreview, commonBody } from './action-draft.ts';
import { type DryRun, isReport, runAction } from './queries.ts';
import type { OfferedAction, Selection } from './selection.ts';

const words = text.sims.action;

/** What will happen, from a dry run: how many SIMs the action is possible for, and why not for the others. */
export function Preview({
  action,
  selection,
  draft,
}: {
  action: OfferedAction;
  selection: Selection;
  draft: ActionDraft;
}) {
  const { partnerServiceId, customerId, customerServiceId } = draft;
  const dryRun = useQuery({
    queryKey: [
      'dry run',
      action,
      commonBody(action, selection, draft, true),
      { partnerServiceId, customerId, customerServiceId },
    ],
    queryFn: () => runAction(action, selection, draft, { dryRun: true, idempotencyKey: crypto.randomUUID() }),
    enabled: canPreview(action, selection, draft),
    staleTime: 0,
  });
  return (
    <div aria-live="polite">
      <Box variant="h4">{words.preview}</Box>
      {!canPreview(action, selection, draft) && <Box color="text-body-secondary">{words.chooseTarget}</Box>}
      {dryRun.isLoading && <StatusIndicator type="loading">{words.checking}</StatusIndicator>}
      {dryRun.isError && <ProblemAlert error={dryRun.error} />}
      {dryRun.data &&
        (isReport(dryRun.data) ? (
          <Report action={action} report={dryRun.data} />
        ) : (
          <LargeReport action={action} operationId={dryRun.data.id} />
        ))}
    </div>
  );
}

function Report({
  action,
  report,
}: {
  action: OfferedAction;
  report: Pick<DryRun, 'eligible' | 'ineligible' | 'byCode'>;
}) {
  const { eligible, ineligible, byCode } = report;
  const name = stateText('action', action);
  return (
    <>
      {eligible > 0 ? (
        <StatusIndicator type="success">
          {eligible === 1 ? words.oneWillSucceed(name) : words.willSucceed(formatNumber(eligible), name)}
        </StatusIndicator>
      ) : (
        <Alert type="warning">{words.noneCan}</Alert>
      )}
      {ineligible > 0 && (
        <Box margin={{ top: 'xs' }}>
          <StatusIndicator type="warning">{words.cannot(formatNumber(ineligible))}</StatusIndicator>
          <ul>
            {Object.entries(byCode).map(([code, count]) => (
              <li key={code}>
                {formatNumber(count)}: {stateText('problem', code)}
              </li>
            ))}
          </ul>
        </Box>
      )}
    </>
  );
}

/** More than 1,000 SIMs: the check is an operation, which is followed until it ends. */
function LargeReport({ action, operationId }: { action: OfferedAction; operationId: string }) {
  const operation = useQuery(operationQuery(operationId)).data;
  if (!operation || isOperationRunning(operation)) {
    return <StatusIndicator type="loading">{words.largePreview}</StatusIndicator>;
  }
  const { succeeded, failed, failure } = operation;
  return (
    <>
      {failure && <Alert type="error">{failure.detail}</Alert>}
      <Report action={action} report={{ eligible: succeeded, ineligible: failed, byCode: {} }} />
      {failed > 0 && (
        <RouterLink to={`/operations/${operationId}?outcome=failed`}>{text.operations.results}</RouterLink>
      )}
    </>
  );
}

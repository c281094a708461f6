import Button from '@cloudscape-design/components/button';
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { EditChosenIdForm } from '../../app/chosen-id-form.tsx';
import { Details } from '../../app/details.tsx';
import { formatBytes, formatDay, formatNumber } from '../../app/format.ts';
import { Loaded } from '../../app/loaded.tsx';
import { ResourcePage } from '../../app/resource-page.tsx';
import { useEditing } from '../../app/use-editing.ts';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';
import { operatorKind } from '../operators/operator-form.tsx';
import { type Operator, platformOperatorQuery } from '../operators/queries.ts';
import { UsageFile } from './usage-file.tsx';

const t = text.operators;

/** An operator with all its settings. */
export default function OperatorPage() {
  const { operatorId = '' } = useParams();
  const { can } = useSession();
  const query = useQuery(platformOperatorQuery(operatorId));
  const editing = useEditing(query);
  return (
    <Loaded query={query}>
      {({ data: operator }) => (
        <ResourcePage
          title={operator.name}
          actions={
            can('saveOperator') && (
              <Button variant="primary" onClick={editing.open}>
                {text.forms.edit}
              </Button>
            )
          }
        >
          <Connection operator={operator} />
          <Ordering operator={operator} />
          {operator.usage === 'file' && can('uploadUsageFile') && <UsageFile operatorId={operatorId} />}
          {editing.opened && (
            <EditChosenIdForm kind={operatorKind} key={editing.opened.etag} editing={editing} {...editing.opened} />
          )}
        </ResourcePage>
      )}
    </Loaded>
  );
}

/** Who does the work at the operator, and how. */
function Connection({ operator }: { operator: Operator }) {
  const { platform, testStatus } = operator;
  const { none } = text.shell;
  const limits = (['requestsPerSecond', 'requestsPerMinute', 'concurrency', 'batchSize'] as const).flatMap((limit) =>
    platform?.[limit] === undefined ? [] : [{ label: t[limit], value: formatNumber(platform[limit]) }],
  );
  return (
    <Details
      title={t.handling}
      items={[
        { label: text.platform.id, value: operator.id },
        { label: t.columns.country, value: operator.country },
        { label: t.columns.ordering, value: t.handlings[operator.ordering] },
        { label: t.columns.connectivity, value: t.handlings[operator.connectivity] },
        { label: t.columns.usage, value: t.usages[operator.usage] },
        { label: t.platform, value: t.platformKinds[platform?.kind ?? 'none'] },
        ...limits,
        { label: t.onDifference, value: t.onDifferences[operator.onDifference] },
        { label: t.checkDigit, value: t.checkDigits[operator.iccid.checkDigit] },
        { label: t.testLimit, value: testStatus ? formatBytes(testStatus.limitBytes) : none },
      ]}
    />
  );
}

/** What can be ordered, and how long it takes. */
function Ordering({ operator }: { operator: Operator }) {
  const { products, leadTimeWorkingDays: days, closedDays = [] } = operator;
  return (
    <Details
      title={t.orders}
      items={[
        { label: t.columns.multiple, value: formatNumber(operator.orderMultiple) },
        { label: t.leadTime, value: t.leadTimeOf(days.min, days.max) },
        { label: t.calendar, value: t.calendars[operator.calendar] },
        {
          label: t.closedDays,
          value: closedDays.length > 0 ? closedDays.map(formatDay).join(', ') : text.shell.none,
        },
        ...products.map((product) => ({
          label: product.default ? t.defaultProduct : t.productName,
          value: `${product.name} (${product.id}), ${t.formFactors[product.formFactor]}`,
        })),
      ]}
    />
  );
}

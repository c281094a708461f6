import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { CheckedFile } from '../../app/checked-file.tsx';
import { formatNumber } from '../../app/format.ts';
import { Loaded } from '../../app/loaded.tsx';
import { ResourcePage } from '../../app/resource-page.tsx';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';
import type { PartnerOrder } from '../desk-orders/queries.ts';
import { OrderFacts } from './facts.tsx';
import { failureForStaff } from './failure-for-staff.ts';
import { loadSims, partnerOrderQuery } from './queries.ts';
import { ReportModal } from './report-modal.tsx';
import { canLoadSims, type Report, reportsOn } from './reports.ts';

const t = text.desk.order;

/** An order at an operator without an ordering API: the staff report here what the operator does with it. */
export default function ManualOrderPage() {
  const { partnerId = '', orderId = '' } = useParams();
  const query = useQuery(partnerOrderQuery({ partnerId, orderId }));
  return <Loaded query={query}>{(order) => <ManualOrder order={order} />}</Loaded>;
}

function ManualOrder({ order }: { order: PartnerOrder }) {
  const [report, setReport] = useState<Report>();
  const reports = reportsOn(order);
  const next = nextStep(order, reports);
  return (
    <ResourcePage
      title={t.title(order.reference ?? order.id)}
      description={next}
      actions={reports.map((each, index) => (
        <Button key={each} variant={index === 0 ? 'primary' : 'normal'} onClick={() => setReport(each)}>
          {t[each].button}
        </Button>
      ))}
    >
      <Failure order={order} />
      <OrderFacts order={order} />
      <SimList order={order} />
      {report && <ReportModal report={report} order={order} onClose={() => setReport(undefined)} />}
    </ResourcePage>
  );
}

/** Why the order failed. A failed order is redriven where all failed work is. */
function Failure({ order }: { order: PartnerOrder }) {
  const { can } = useSession();
  const navigate = useNavigate();
  const failure = failureForStaff(order);
  const action = order.state === 'failed' && can('listFailedWork') && (
    <Button onClick={() => navigate('/platform/failed-work')}>{t.openFailedWork}</Button>
  );
  return (
    failure !== undefined && (
      <Alert type="error" action={action}>
        {failure}
      </Alert>
    )
  );
}

/** What the staff do next. */
function nextStep(order: PartnerOrder, reports: readonly Report[]): string | undefined {
  const [first] = reports;
  if (first === 'cancel' || first === 'accept' || first === 'deliver') {
    return t.next[first];
  }
  return canLoadSims(order) ? t.next.load : undefined;
}

/** The SIMs of the order that are loaded, and a file with more. */
function SimList({ order }: { order: PartnerOrder }) {
  const queries = useQueryClient();
  const { partnerId, id: orderId, quantity, progress } = order;
  const isOpen = canLoadSims(order);
  return (
    <Container
      header={
        <Header variant="h2" description={isOpen ? t.simsHint : undefined}>
          {t.sims}
        </Header>
      }
    >
      <SpaceBetween size="l">
        <ProgressBar
          label={t.loaded}
          value={Math.min(100, (progress.received / quantity) * 100)}
          additionalInfo={t.loadedOf(formatNumber(progress.received), formatNumber(quantity))}
        />
        {isOpen && (
          <CheckedFile
            label={t.file}
            hint={t.simsColumns}
            upload={(csv, options) => loadSims({ partnerId, orderId }, csv, options)}
            onLoaded={() => void queries.invalidateQueries({ queryKey: ['manual orders'] })}
          />
        )}
      </SpaceBetween>
    </Container>
  );
}

import Button from '@cloudscape-design/components/button';
import ContentLayout from '@cloudscape-design/components/content-layout';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useNavigate } from 'react-router';
import { PageHeader } from '../../app/page-title.tsx';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';
import { Attention } from './attention-list.tsx';
import { DeskAttention } from './desk-attention.tsx';
import { Fleet } from './fleet.tsx';
import { LatestOrders } from './latest-orders.tsx';
import { MonthUsage } from './month-usage-list.tsx';

/** What needs attention, and the state of the fleet: as far as the user may see it. */
export default function HomePage() {
  const { can, caller } = useSession();
  const navigate = useNavigate();
  const leads = { partner: undefined, customer: text.home.customerLead, platform: text.home.platformLead };
  return (
    <ContentLayout
      header={
        <PageHeader
          description={leads[caller.kind]}
          actions={
            can('createOrder') && (
              <Button variant="primary" onClick={() => navigate('/orders/new')}>
                {text.orders.create}
              </Button>
            )
          }
        >
          {text.home.title}
        </PageHeader>
      }
    >
      <SpaceBetween size="l">
        {can('listServiceUsage') && <Attention />}
        {can('listManualOrders') && <DeskAttention />}
        {can('getSimCounts') && <Fleet />}
        {can('listServiceUsage') && <MonthUsage />}
        {can('listOrders') && <LatestOrders />}
      </SpaceBetween>
    </ContentLayout>
  );
}

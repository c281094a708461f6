import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs, { type KeyValuePairsProps } from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { formatDays, formatNumber } from '../../app/format.ts';
import { formatAddress } from '../../app/format-address.ts';
import { allTariffsQuery } from '../../services/use-tariff-names.ts';
import * as text from '../../text/index.ts';
import { PlanSummary } from '../order/plan-summary.tsx';
import { operatorsQuery } from '../orders/queries.ts';
import { type Draft, quantityOf, steps, toOrderRequest } from './draft.ts';
import { toPlan } from './plan-draft.ts';
import { partnerQuery, quoteQuery } from './queries.ts';

const { wizard } = text.orders;

/** Everything that will be ordered, with a way back to each step. */
export function ReviewStep({ draft, onEdit }: { draft: Draft; onEdit: (step: number) => void }) {
  const operator = useQuery(operatorsQuery).data?.find(({ id }) => id === draft.operatorId);
  const { operatorId, productId } = draft;
  const quote = useQuery(quoteQuery({ operatorId, productId, quantity: quantityOf(draft) })).data;
  const partner = useQuery(partnerQuery).data;
  const tariffs = useQuery(allTariffsQuery).data ?? [];
  const address = toOrderRequest(draft).deliveryAddress ?? partner?.deliveryAddress;
  const section = (step: (typeof steps)[number], title: string, items: KeyValuePairsProps.Item[]) => (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <Button ariaLabel={`${wizard.edit}: ${title}`} onClick={() => onEdit(steps.indexOf(step))}>
              {wizard.edit}
            </Button>
          }
        >
          {title}
        </Header>
      }
    >
      <KeyValuePairs columns={Math.min(3, items.length)} items={items} />
    </Container>
  );
  return (
    <SpaceBetween size="l">
      {section('sims', wizard.sims, [
        { label: wizard.operator, value: operator?.name ?? draft.operatorId },
        {
          label: wizard.product,
          value: operator?.products.find(({ id }) => id === draft.productId)?.name ?? text.shell.none,
        },
        { label: wizard.quantity, value: formatNumber(quantityOf(draft) ?? 0) },
        { label: wizard.delivery, value: quote?.valid ? formatDays(quote.estimatedDelivery) : text.shell.none },
        { label: wizard.reference, value: draft.reference || text.shell.none },
      ])}
      {section('address', wizard.address, [
        { label: text.orders.deliveryAddress, value: address ? formatAddress(address) : text.shell.none },
      ])}
      {section('plan', wizard.plan, [
        {
          label: wizard.plan,
          value: draft.plan ? <PlanSummary plan={toPlan(draft.plan)} tariffs={tariffs} /> : text.orders.noPlan,
        },
      ])}
    </SpaceBetween>
  );
}

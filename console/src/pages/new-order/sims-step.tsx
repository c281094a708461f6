import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { formatDay, formatNumber } from '../../app/format.ts';
import * as text from '../../text/index.ts';
import { operatorsQuery } from '../orders/queries.ts';
import { quantityOf, withOperator } from './draft.ts';
import type { StepProps } from './page.tsx';
import { quantityMessageOf, quoteQuery } from './queries.ts';

const { wizard } = text.orders;

/** Operator, product and quantity, checked by a quote while the user types. */
export function SimsStep({ draft, onChange, missing, messages }: StepProps) {
  const operators = useQuery(operatorsQuery).data ?? [];
  const operator = operators.find(({ id }) => id === draft.operatorId);
  const products = operator?.products ?? [];
  const choose = (id: string) => {
    const chosen = operators.find((candidate) => candidate.id === id);
    const product = chosen?.products.find((candidate) => candidate.default) ?? chosen?.products[0];
    onChange((before) => withOperator(before, id, product?.id ?? ''));
  };
  const optionOf = ({ id, name }: { id: string; name: string }) => ({ value: id, label: name });
  const product = products.find(({ id }) => id === draft.productId);
  return (
    <Container>
      <SpaceBetween size="l">
        <FormField label={wizard.operator} errorText={missing.includes('operator') ? wizard.chooseFirst : undefined}>
          <Select
            placeholder={wizard.chooseOperator}
            selectedOption={operator ? optionOf(operator) : null}
            options={operators.map(optionOf)}
            onChange={({ detail }) => choose(detail.selectedOption.value ?? '')}
          />
        </FormField>
        {operator && (
          <FormField label={wizard.product} description={wizard.productHint}>
            <Select
              selectedOption={product ? optionOf(product) : null}
              options={products.map(optionOf)}
              onChange={({ detail }) =>
                onChange((before) => ({ ...before, productId: detail.selectedOption.value ?? '' }))
              }
            />
          </FormField>
        )}
        <Quantity {...{ draft, onChange, missing, messages }} multiple={operator?.orderMultiple} />
        <FormField label={text.forms.optional(wizard.reference)} errorText={messages['/reference']}>
          <Input
            value={draft.reference}
            onChange={({ detail }) => onChange((before) => ({ ...before, reference: detail.value }))}
          />
        </FormField>
      </SpaceBetween>
    </Container>
  );
}

/** The quantity with what the quote says about it: the nearest valid ones, and the estimated delivery. */
function Quantity({ draft, onChange, missing, multiple }: StepProps & { multiple: number | undefined }) {
  const { operatorId, productId } = draft;
  const quote = useQuery(quoteQuery({ operatorId, productId, quantity: quantityOf(draft) })).data;
  const setQuantity = (quantity: string) => onChange((before) => ({ ...before, quantity }));
  const violation = quantityMessageOf(quote);
  return (
    <SpaceBetween size="l">
      <FormField
        label={wizard.quantity}
        constraintText={multiple === undefined ? undefined : wizard.quantityHint(multiple)}
        errorText={missing.includes('quantity') ? wizard.quantityInvalid : violation}
      >
        <Input value={draft.quantity} inputMode="numeric" onChange={({ detail }) => setQuantity(detail.value)} />
      </FormField>
      {violation !== undefined && (quote?.nearest.length ?? 0) > 0 && (
        <SpaceBetween direction="horizontal" size="xs">
          {quote?.nearest.map((quantity) => (
            <Button key={quantity} onClick={() => setQuantity(String(quantity))}>
              {wizard.takeQuantity(formatNumber(quantity))}
            </Button>
          ))}
        </SpaceBetween>
      )}
      <div aria-live="polite">
        <Box variant="awsui-key-label">{wizard.delivery}</Box>
        {quote?.valid ? (
          <Alert type="info">{expectedText(formatNumber(Number(draft.quantity)), quote.estimatedDelivery)}</Alert>
        ) : (
          <Box color="text-body-secondary">{wizard.deliveryUnknown}</Box>
        )}
      </div>
    </SpaceBetween>
  );
}

function expectedText(quantity: string, { earliest, latest }: { earliest: string; latest: string }): string {
  return earliest === latest
    ? wizard.expectedOn(quantity, formatDay(earliest))
    : wizard.expectedBetween(quantity, formatDay(earliest), formatDay(latest));
}

import Alert from '@cloudscape-design/components/alert';
import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { RouterLink } from '../../app/router-link.tsx';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';
import { operatorsQuery } from '../orders/queries.ts';
import { nameIn } from '../sims/names.ts';
import { readSims } from '../sims/queries.ts';

const words = text.sims.replacement;

const stockQuery = (typed: string) =>
  queryOptions({
    queryKey: ['sims', 'stock', typed],
    queryFn: () => readSims({ state: 'in_stock', ...(typed && { q: typed }) }, undefined, 50),
  });

/** Whether no SIM is in stock. */
export const useIsStockEmpty = (): boolean => useQuery(stockQuery('')).data?.items.length === 0;

/** Nothing can replace the SIM: what to do first. */
export function NoStock() {
  const { can } = useSession();
  return (
    <Alert type="warning" header={words.nothingInStock}>
      <div className="stack">
        {words.fillStock}
        <div className="row">
          {can('migrateSims') && <RouterLink to="/sims?state=in_holding">{words.migrate}</RouterLink>}
          {can('createOrder') && <RouterLink to="/orders/new">{text.orders.create}</RouterLink>}
        </div>
      </div>
    </Alert>
  );
}

/** Chooses a SIM in stock. Those of another operator are marked. */
export function StockChoice({
  operatorId,
  value,
  error,
  onChange,
}: {
  operatorId: string;
  value: string;
  error: string | undefined;
  onChange: (iccid: string) => void;
}) {
  const { can } = useSession();
  const [typed, setTyped] = useState('');
  const found = useQuery({ ...stockQuery(typed), placeholderData: keepPreviousData });
  const operators = useQuery({ ...operatorsQuery, enabled: can('listOperators') }).data ?? [];
  const options = (found.data?.items ?? []).map((sim) => ({
    value: sim.iccid,
    label: sim.iccid,
    description: [sim.label, nameIn(operators, sim.operatorId)].filter(Boolean).join(', '),
    ...(sim.operatorId !== operatorId && { labelTag: words.otherOperator }),
  }));
  return (
    <FormField label={words.by} constraintText={words.byHint} errorText={error}>
      <Select
        placeholder={text.forms.choose}
        filteringType="manual"
        filteringAriaLabel={words.search}
        filteringPlaceholder={words.search}
        empty={words.noStock}
        statusType={found.isPending ? 'loading' : 'finished'}
        loadingText={text.shell.loading}
        selectedOption={value === '' ? null : { value, label: value }}
        options={options}
        onLoadItems={({ detail }) => setTyped(detail.filteringText.trim())}
        onChange={({ detail }) => onChange(detail.selectedOption.value ?? '')}
      />
    </FormField>
  );
}

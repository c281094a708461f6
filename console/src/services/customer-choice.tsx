import Select, { type SelectProps } from '@cloudscape-design/components/select';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { customerQuery, readCustomers } from '../pages/customers/queries.ts';
import * as text from '../text/index.ts';

/** Chooses one of any number of customers: the API finds them by what is typed. */
export function CustomerChoice({
  value,
  onChange,
  all,
  label,
}: {
  value: string;
  onChange: (id: string) => void;
  /** The text of no choice, where that is possible. */
  all?: string;
  /** The label, when no form field has it. */
  label?: string;
}) {
  const [typed, setTyped] = useState('');
  const found = useQuery({
    queryKey: ['customers', 'choice', typed],
    queryFn: () => readCustomers({ q: typed }, undefined, 50),
    placeholderData: keepPreviousData,
  });
  const chosen = useQuery({ ...customerQuery(value), enabled: value !== '' }).data?.data;
  const none: SelectProps.Option = { value: '', label: all ?? '' };
  const options = (found.data?.items ?? []).map(({ id, name }): SelectProps.Option => ({ value: id, label: name }));
  const selected = value === '' ? (all === undefined ? null : none) : { value, label: chosen?.name ?? value };
  return (
    <Select
      {...(label !== undefined && { ariaLabel: label })}
      placeholder={text.forms.choose}
      filteringType="manual"
      filteringAriaLabel={text.customers.search}
      filteringPlaceholder={text.customers.search}
      empty={text.forms.noMatch}
      statusType={found.isPending ? 'loading' : 'finished'}
      loadingText={text.shell.loading}
      selectedOption={selected}
      options={all === undefined || typed !== '' ? options : [none, ...options]}
      onLoadItems={({ detail }) => setTyped(detail.filteringText)}
      onChange={({ detail }) => onChange(detail.selectedOption.value ?? '')}
    />
  );
}

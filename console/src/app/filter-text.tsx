import TextFilter from '@cloudscape-design/components/text-filter';
import { useEffect, useState } from 'react';

/** A filter of a list by text, applied shortly after the user stops typing. */
export function FilterText({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string;
  onChange: (value: string | undefined) => void;
}) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  return (
    <TextFilter
      filteringText={typed}
      filteringPlaceholder={label}
      filteringAriaLabel={label}
      onChange={({ detail }) => setTyped(detail.filteringText)}
      onDelayedChange={({ detail }) => onChange(detail.filteringText.trim() || undefined)}
    />
  );
}

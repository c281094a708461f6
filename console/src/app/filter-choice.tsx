import Select, { type SelectProps } from '@cloudscape-design/components/select';

/** A filter of a list by one of a few values. */
export function FilterChoice({
  label,
  all,
  value,
  options,
  onChange,
}: {
  label: string;
  all: string;
  value: string | undefined;
  options: readonly { value: string; label: string }[];
  onChange: (value: string | undefined) => void;
}) {
  const every: SelectProps.Option = { value: '', label: all };
  return (
    <div className="filter-choice">
      <Select
        ariaLabel={label}
        selectedOption={options.find((option) => option.value === value) ?? every}
        options={[every, ...options]}
        onChange={({ detail }) => onChange(detail.selectedOption.value)}
      />
    </div>
  );
}

import DatePicker from '@cloudscape-design/components/date-picker';

/** The viewer's language, in which `format.ts` shows days. */
const { locale } = new Intl.DateTimeFormat().resolvedOptions();

/** Chooses a day, `YYYY-MM-DD`: shown in the viewer's language, and typed as it is stored. */
export function DayInput({ value, onChange }: { value: string; onChange: (day: string) => void }) {
  return (
    <DatePicker
      value={value}
      format="long-localized"
      inputFormat="iso"
      locale={locale}
      placeholder="YYYY-MM-DD"
      onChange={({ detail }) => onChange(detail.value)}
    />
  );
}

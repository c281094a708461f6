import type { Resource } from '../api/client.ts';
import * as text from '../text/index.ts';

type Change = Resource<'JournalEntry'>['changes'][number];

/** A change of a field as one line. */
export function describeChange({ field, before, after, withheld }: Change): string {
  return withheld === true
    ? text.forms.conflict.withheld(field)
    : text.forms.conflict.change(field, shown(before), shown(after));
}

function shown(value: Change['before']): string {
  const line = Array.isArray(value) ? value.join(', ') : String(value ?? '');
  return line === '' ? text.shell.none : line;
}

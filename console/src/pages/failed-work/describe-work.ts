import type { Resource } from '../../api/client.ts';
import * as text from '../../text/index.ts';

type FailedWork = Pick<Resource<'DeadLetter'>, 'kind' | 'subject' | 'partnerId'>;

/** The page of what failed, where the wholesaler has one. */
export function pageOfWork({ kind, subject, partnerId }: FailedWork): string | undefined {
  switch (kind) {
    case 'order':
      return partnerId === undefined ? undefined : `/desk/orders/${partnerId}/${subject}`;
    case 'usage':
      return `/platform/operators/${subject}`;
    default:
      return undefined;
  }
}

/** Why work failed: the text of a leading code that the console knows, then what else is known. */
export function errorText(error: string): string {
  const [, code = '', rest = ''] = /^([a-z_]+):\s*(.*)$/s.exec(error) ?? [];
  const known = failureText(code);
  return known === undefined ? error : [known, rest].filter(Boolean).join(': ');
}

/** The text of the code of a failure; undefined when it is newer than the console. */
function failureText(code: string): string | undefined {
  const texts: Readonly<Record<string, string>> = text.states.failure;
  return texts[code];
}

import * as text from '../../text/index.ts';
import { stateText } from '../../text/state-text.ts';
import type { Difference } from './queries.ts';

/** The value here: a state or a number. */
export function oursText({ field, ours }: Pick<Difference, 'field' | 'ours'>): string {
  return ours === undefined ? text.shell.none : isNumber(field) ? ours : stateText('sim', ours);
}

/** The value at the operator: a number, a status, or `missing`. */
export function theirsText({ field, theirs }: Pick<Difference, 'field' | 'theirs'>): string {
  const known: Readonly<Record<string, string>> = text.desk.differences.values;
  return isNumber(field) ? theirs : (known[theirs] ?? theirs);
}

const isNumber = (field: Difference['field']) => field === 'msisdn' || field === 'imsi';

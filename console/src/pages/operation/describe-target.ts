import type { Resource } from '../../api/client.ts';
import * as text from '../../text/index.ts';
import { type Names, nameIn } from '../sims/names.ts';

type Target = NonNullable<Resource<'Operation'>['target']>;

/** A part of what an operation sets, with the page about it. */
type TargetPart = { text: string; link?: string };

const t = text.operations.targets;

/** What an operation sets or removes, in words. */
export function describeTarget(target: Target | undefined, names: Names): TargetPart[] {
  const { partnerServiceId, customerId, customerServiceId, iccid, by, label, addTags, removeTags, fields } =
    target ?? {};
  const linked = (path: string, id: string | undefined, words: (id: string) => string): TargetPart[] =>
    id === undefined ? [] : [{ text: words(id), link: `${path}/${id}` }];
  return [
    ...linked('/partner-services', partnerServiceId, (id) => t.partnerService(nameIn(names.partnerServices, id) ?? id)),
    ...linked('/customers', customerId, (id) => t.customer(nameIn(names.customers, id) ?? id)),
    ...linked('/customer-services', customerServiceId, (id) =>
      t.customerService(nameIn(names.customerServices, id) ?? id),
    ),
    ...linked('/sims', iccid, t.replaced),
    ...linked('/sims', by, t.by),
    ...(label === undefined ? [] : [{ text: label === null ? t.noLabel : t.label(label) }]),
    ...(addTags?.length ? [{ text: t.addTags(addTags.join(', ')) }] : []),
    ...(removeTags?.length ? [{ text: t.removeTags(removeTags.join(', ')) }] : []),
    ...Object.entries(fields ?? {}).map(([name, value]) => ({
      text: value === null ? t.noField(name) : t.field(name, value),
    })),
  ];
}

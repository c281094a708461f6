import type { Tenant } from '../../domain/access.ts';
import { type AnyIdKind, asId, type Id, type IdNamed } from '../../domain/ids.ts';

/** A primary key of the table. */
export type Key = { pk: string; sk: string };

/** A number for a sort key, which sorts as text. */
export const padded = (n: number) => String(n).padStart(8, '0');

/** How the values of placeholders are written into keys and read from them. */
const codecs = {
  text: { pattern: '[^#]+', write: (value: string) => value, read: (text: string) => text },
  /** A text that may contain `#`. */
  rest: { pattern: '.+', write: (value: string) => value, read: (text: string) => text },
  number: { pattern: '\\d+', write: (value: number) => `${value}`, read: Number },
  padded: { pattern: '\\d+', write: padded, read: Number },
  tenant: {
    pattern: 'P#[^#]+|PLATFORM',
    write: (tenant: Tenant) => (tenant === 'platform' ? 'PLATFORM' : `P#${tenant.partnerId}`),
    read: (text: string): Tenant =>
      text === 'PLATFORM' ? 'platform' : { partnerId: asId('partner', text.slice('P#'.length)) },
  },
};
type Codecs = typeof codecs;

/**
 * The values of a template's placeholders: `PAGE#{page:padded}` has `{ page: number }`, `{orderId}` and `{id:order}` have the id of
 * an order.
 */
export type ValuesOf<Template extends string> = Template extends `${string}{${infer Placeholder}}${infer Rest}`
  ? ValueOf<Placeholder> & ValuesOf<Rest>
  : object;
type ValueOf<Placeholder extends string> = Placeholder extends `${infer Name}:${infer Codec extends keyof Codecs}`
  ? { [Property in Name]: ReturnType<Codecs[Codec]['read']> }
  : Placeholder extends `${infer Name}:${infer Kind extends AnyIdKind}`
    ? { [Property in Name]: Id<Kind> }
    : { [Property in Placeholder]: IdNamed<Placeholder> };

/** Shows an intersection as one object type. */
type Flat<T> = { [Property in keyof T]: T[Property] };

/**
 * Declares a kind of item by the templates of its keys. A placeholder is `{name}` for a text without `#`, `{name:kind}` for the id of
 * a kind, or `{name:codec}` with one of `codecs`. The text between placeholders consists of letters, `_` and `#`.
 *
 * @example
 *   const orderEvent = itemKind('P#{partnerId}#ORD#{orderId}', 'EVT#{version:padded}#{line:number}');
 *   const order = { partnerId: 'acme', orderId: 'ord_1' };
 *   orderEvent.key({ ...order, version: 2, line: 0 }); // { pk: 'P#acme#ORD#ord_1', sk: 'EVT#00000002#0' }
 *   orderEvent.range(order); // { partition: 'P#acme#ORD#ord_1', prefix: 'EVT#' }
 *   orderEvent.parse({ pk: 'P#acme#ORD#ord_1', sk: 'EVT#00000002#0' }); // { ...order, version: 2, line: 0 }
 */
export function itemKind<Pk extends string, Sk extends string>(pk: Pk, sk: Sk) {
  const partition = keyTemplate<ValuesOf<Pk>>(pk);
  const sort = keyTemplate<ValuesOf<Sk>>(sk);
  const matches = (key: Key) => partition.pattern.test(key.pk) && sort.pattern.test(key.sk);
  return {
    key: (values: ValuesOf<Pk> & ValuesOf<Sk>): Key => ({ pk: partition.write(values), sk: sort.write(values) }),
    /** The sort key of an item. A list continues after it. */
    sk: (values: ValuesOf<Sk>) => sort.write(values),
    /** The beginning of every sort key. */
    skPrefix: sort.prefix({}),
    /** The items of a partition. Values of the sort key, from its first one on, narrow the range. */
    range: (values: ValuesOf<Pk> & Partial<ValuesOf<Sk>>) => ({
      partition: partition.write(values),
      prefix: sort.prefix(values),
    }),
    matches,
    /** The values of a key; `undefined` when the key belongs to another kind. */
    parse: (key: Key): Flat<ValuesOf<Pk> & ValuesOf<Sk>> | undefined =>
      matches(key) ? { ...partition.read(key.pk), ...sort.read(key.sk) } : undefined,
  };
}

function keyTemplate<Values extends object>(template: string) {
  // Texts and placeholders alternate.
  const [first = '', ...rest] = template.split(/[{}]/);
  const parts = Array.from({ length: rest.length / 2 }, (_, place) => {
    const [name = '', type = 'text'] = rest[2 * place]?.split(':') ?? [];
    // Safe: the types of `itemKind` admit codecs and kinds of ids, which are texts. They fix the type of the value.
    const codec = codecs[(type in codecs ? type : 'text') as keyof Codecs] as Codecs['text'];
    return { name, codec, next: rest[2 * place + 1] ?? '' };
  });
  const pattern = new RegExp(`^${first}${parts.map(({ codec, next }) => `(${codec.pattern})${next}`).join('')}$`);
  /** The key up to its first placeholder without a value. */
  const prefix = (values: Partial<Values>) => {
    let text = first;
    for (const { name, codec, next } of parts) {
      // Safe: each placeholder is a property of the values.
      const value = values[name as keyof Values];
      if (value === undefined) {
        break;
      }
      // Safe: the type of a placeholder's value follows from its codec.
      text += `${codec.write(value as string)}${next}`;
    }
    return text;
  };
  return {
    pattern,
    prefix,
    write: (values: Values) => prefix(values),
    // Safe: the pattern has a group for each placeholder.
    read: (text: string) =>
      Object.fromEntries(
        (pattern.exec(text) ?? []).slice(1).map((value, place) => {
          const { name = '', codec } = parts[place] ?? {};
          return [name, codec?.read(value)];
        }),
      ) as Values,
  };
}

/** How much a media type is wanted, from 0 to 1, and how closely it was named: 0 as any, 1 by its kind, 2 by its name. */
type Wish = { weight: number; closeness: number };

/** A weight, as RFC 9110, 12.4.2 writes it. */
const WEIGHT = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

/**
 * Whether a request wants CSV rather than JSON (RFC 9110, 12.5.1): it weighs more, or as much and is named more closely.
 * Whoever wants neither, either, or says nothing, gets JSON.
 */
export function prefersCsv(accept = '*/*'): boolean {
  const [csv, json] = [wishFor('text/csv', accept), wishFor('application/json', accept)];
  return csv.weight > json.weight || (csv.weight === json.weight && csv.weight > 0 && csv.closeness > json.closeness);
}

/** What the closest of the ranges says that a type falls into. */
function wishFor(type: string, accept: string): Wish {
  const [kind] = type.split('/');
  const ranges = ['*/*', `${kind}/*`, type];
  const wishes = accept.split(',').flatMap((text): Wish[] => {
    const [range = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
    const weight = weightOf(parameters);
    return weight === undefined ? [] : [{ weight, closeness: ranges.indexOf(range) }];
  });
  return wishes.reduce((one, other) => (other.closeness > one.closeness ? other : one), { weight: 0, closeness: -1 });
}

/** 1 where none is given; `undefined` for what is no weight. Other parameters make no difference between the two. */
function weightOf(parameters: readonly string[]): number | undefined {
  const given = parameters.find((parameter) => parameter.startsWith('q='));
  if (given === undefined) {
    return 1;
  }
  const [, weight] = WEIGHT.exec(given) ?? [];
  return weight === undefined ? undefined : Number(weight);
}

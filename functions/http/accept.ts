/**
 * The preference for a media type: its weight from 0 to 1, and the specificity of its range: 0 for any type, 1 for a kind of
 * type, 2 for the type itself.
 */
type Preference = { weight: number; specificity: number };

/** A weight (RFC 9110, 12.4.2). */
const WEIGHT = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

/**
 * Whether a client prefers CSV to JSON (RFC 9110, 12.5.1): CSV has the higher weight, or the same weight and a more specific
 * range. JSON is the default.
 */
export function prefersCsv(accept = '*/*'): boolean {
  const [csv, json] = [preferenceFor('text/csv', accept), preferenceFor('application/json', accept)];
  return (
    csv.weight > json.weight || (csv.weight === json.weight && csv.weight > 0 && csv.specificity > json.specificity)
  );
}

/** The preference in the most specific range that contains a type. */
function preferenceFor(type: string, accept: string): Preference {
  const [kind] = type.split('/');
  const ranges = ['*/*', `${kind}/*`, type];
  const preferences = accept.split(',').flatMap((text): Preference[] => {
    const [range = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
    const weight = weightOf(parameters);
    return weight === undefined ? [] : [{ weight, specificity: ranges.indexOf(range) }];
  });
  return preferences.reduce((best, candidate) => (candidate.specificity > best.specificity ? candidate : best), {
    weight: 0,
    specificity: -1,
  });
}

/** The weight, 1 by default; `undefined` when malformed. Other parameters are ignored. */
function weightOf(parameters: readonly string[]): number | undefined {
  const given = parameters.find((parameter) => parameter.startsWith('q='));
  if (given === undefined) {
    return 1;
  }
  const [, weight] = WEIGHT.exec(given) ?? [];
  return weight === undefined ? undefined : Number(weight);
}

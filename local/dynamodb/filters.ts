import { Refusal } from '../start-error.ts';

/** A pattern of an event source mapping's filter, as its JSON says it. */
export type FilterPattern = Readonly<Record<string, unknown>>;

type Test = (value: unknown) => boolean;

/**
 * What a filter lets through: each field of the pattern has one of the values listed for it.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 *
 * @param who has the filter, for the refusal.
 * @throws Refusal that names the comparison which is not known here.
 */
export function filterOf(pattern: FilterPattern, who: string): Test {
  const fields = Object.entries(pattern).map(([field, wanted]): Test => {
    const test = Array.isArray(wanted) ? anyOf(wanted, who) : filterOf(asPattern(wanted, who), who);
    return (value) => test(isObject(value) ? value[field] : undefined);
  });
  return (value) => fields.every((test) => test(value));
}

function anyOf(wanted: readonly unknown[], who: string): Test {
  const tests = wanted.map((one) => comparison(one, who));
  return (value) => tests.some((test) => test(value));
}

function comparison(wanted: unknown, who: string): Test {
  if (!isObject(wanted)) {
    return (value) => value === wanted;
  }
  const [[name, operand] = [], ...others] = Object.entries(wanted);
  if (others.length === 0) {
    if (name === 'exists' && typeof operand === 'boolean') {
      return (value) => (value !== undefined) === operand;
    }
    if (name === 'prefix' && typeof operand === 'string') {
      return (value) => typeof value === 'string' && value.startsWith(operand);
    }
    if (name === 'anything-but') {
      const refused = [operand].flat();
      return (value) => value !== undefined && !refused.includes(value);
    }
  }
  throw refusal(wanted, who);
}

function asPattern(wanted: unknown, who: string): FilterPattern {
  if (!isObject(wanted)) {
    throw refusal(wanted, who);
  }
  return wanted;
}

function refusal(wanted: unknown, who: string): Refusal {
  return new Refusal(
    `${who} filters by ${JSON.stringify(wanted)}, which cannot be honoured locally: values, exists, prefix and ` +
      'anything-but are.',
  );
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

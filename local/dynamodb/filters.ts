import { StartError } from '../start-error.ts';

/** A filter pattern of an event source mapping, as parsed JSON. */
export type FilterPattern = Readonly<Record<string, unknown>>;

type Test = (value: unknown) => boolean;

/**
 * Compiles a filter pattern: a record matches when each field of the pattern has one of its listed values.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 *
 * @param who the owner of the filter, for the error message.
 * @throws StartError that names an unsupported comparison.
 */
export function filterOf(pattern: FilterPattern, who: string): Test {
  const fields = Object.entries(pattern).map(([field, expected]): Test => {
    const test = Array.isArray(expected) ? anyOf(expected, who) : filterOf(asPattern(expected, who), who);
    return (value) => test(isObject(value) ? value[field] : undefined);
  });
  return (value) => fields.every((test) => test(value));
}

function anyOf(expected: readonly unknown[], who: string): Test {
  const tests = expected.map((alternative) => comparison(alternative, who));
  return (value) => tests.some((test) => test(value));
}

function comparison(expected: unknown, who: string): Test {
  if (!isObject(expected)) {
    return (value) => value === expected;
  }
  const [[name, operand] = [], ...others] = Object.entries(expected);
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
  throw refusal(expected, who);
}

function asPattern(expected: unknown, who: string): FilterPattern {
  if (!isObject(expected)) {
    throw refusal(expected, who);
  }
  return expected;
}

function refusal(expected: unknown, who: string): StartError {
  return new StartError(
    `${who} filters by ${JSON.stringify(expected)}, which the local cloud does not support. Supported: values, exists, prefix and ` +
      'anything-but.',
  );
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

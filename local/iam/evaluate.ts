// Evaluates policies as IAM does. Workers load this file without its types (bare-source.ts).

export type ConditionOperator =
  | 'StringEquals'
  | 'StringNotEquals'
  | 'StringLike'
  | 'StringNotLike'
  | 'ArnEquals'
  | 'ArnLike'
  | 'Bool'
  | 'Null';

/** One line of a statement's conditions. All conditions of a statement must hold. */
export type Condition = {
  operator: ConditionOperator;
  /** How the operator treats a multi-valued key. Single-valued keys have no quantifier. */
  quantifier?: 'ForAllValues' | 'ForAnyValue';
  key: string;
  values: readonly string[];
};

/** A policy statement, in the subset of IAM's language that the local cloud evaluates. */
export type Statement = {
  effect: 'Allow' | 'Deny';
  actions: readonly string[];
  resources: readonly string[];
  conditions: readonly Condition[];
};

/** A permission that a request needs. Condition keys without a value are absent. */
export type RequiredPermission = {
  action: string;
  resource: string;
  context?: Readonly<Record<string, readonly string[]>>;
};

export type Decision = 'allowed' | 'explicitlyDenied' | 'notAllowed';

/** Limits the cache: resources include names of executions, whose number is unbounded. */
const MAX_CACHED_DECISIONS = 2_000;

/**
 * Evaluates the statements of one principal: an explicit deny wins; the default is to deny.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 *
 * The statements that apply to an action and a resource are cached; conditions are evaluated for each call.
 */
export function policyEvaluator(statements: readonly Statement[]): (call: RequiredPermission) => Decision {
  const compiled = statements.map(compile);
  const applicable = new Map<string, Decision | readonly CompiledStatement[]>();

  function decisionFor({ action, resource }: RequiredPermission): Decision | readonly CompiledStatement[] {
    const matching = compiled.filter((statement) => statement.matches(action, resource));
    return matching.every(({ isConditional }) => !isConditional) ? decide(matching, undefined) : matching;
  }

  return (call) => {
    const key = `${call.action} ${call.resource}`;
    let cached = applicable.get(key);
    if (cached === undefined) {
      cached = decisionFor(call);
      if (applicable.size >= MAX_CACHED_DECISIONS) {
        applicable.clear();
      }
      applicable.set(key, cached);
    }
    return typeof cached === 'string' ? cached : decide(cached, call.context);
  };
}

type Context = RequiredPermission['context'];
type CompiledStatement = {
  effect: Statement['effect'];
  isConditional: boolean;
  matches(action: string, resource: string): boolean;
  holds(context: Context): boolean;
};

function decide(statements: readonly CompiledStatement[], context: Context): Decision {
  const effects = statements.filter(({ holds }) => holds(context)).map(({ effect }) => effect);
  if (effects.includes('Deny')) {
    return 'explicitlyDenied';
  }
  return effects.includes('Allow') ? 'allowed' : 'notAllowed';
}

function compile({ effect, actions, resources, conditions }: Statement): CompiledStatement {
  const isAction = anyOf(actions.map((pattern) => likeMatcher(pattern, 'i')));
  const isResource = anyOf(resources.map(arnMatcher));
  const tests = conditions.map(conditionTest);
  return {
    effect,
    isConditional: conditions.length > 0,
    matches: (action, resource) => isAction(action) && isResource(resource),
    holds: (context) => tests.every((test) => test(context)),
  };
}

type Matcher = (value: string) => boolean;

const anyOf =
  (matchers: readonly Matcher[]): Matcher =>
  (value) =>
    matchers.some((matches) => matches(value));

/** `*` matches any characters, `?` exactly one. */
function likeMatcher(pattern: string, flags = ''): Matcher {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const expression = new RegExp(`^${source}$`, `su${flags}`);
  return (value) => expression.test(value);
}

/** Compares ARNs part by part: a wildcard does not match a colon, except within the resource. */
function arnMatcher(pattern: string): Matcher {
  if (pattern === '*') {
    return () => true;
  }
  const parts = arnParts(pattern).map((part) => likeMatcher(part));
  return (value) => {
    const given = arnParts(value);
    return given.length === parts.length && parts.every((matches, place) => matches(given[place] ?? ''));
  };
}

/** `arn`, partition, service, region, account, and the rest. */
function arnParts(arn: string): string[] {
  const parts = arn.split(':');
  return [...parts.slice(0, 5), ...(parts.length > 5 ? [parts.slice(5).join(':')] : [])];
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
function conditionTest({ operator, quantifier, key, values }: Condition): (context: Context) => boolean {
  if (operator === 'Null') {
    const mustBeAbsent = values.includes('true');
    return (context) => (context?.[key] === undefined) === mustBeAbsent;
  }
  const matches = anyOf(values.map((value) => valueMatcher(operator, value)));
  const isNegated = operator === 'StringNotEquals' || operator === 'StringNotLike';
  const passes: Matcher = isNegated ? (value) => !matches(value) : matches;
  return (context) => {
    const given = context?.[key];
    switch (quantifier) {
      case 'ForAllValues':
        return (given ?? []).every(passes);
      case 'ForAnyValue':
        return (given ?? []).some(passes);
      default:
        return given === undefined ? isNegated : given.every(passes);
    }
  };
}

function valueMatcher(operator: Exclude<ConditionOperator, 'Null'>, value: string): Matcher {
  switch (operator) {
    case 'StringEquals':
    case 'StringNotEquals':
      return (given) => given === value;
    case 'StringLike':
    case 'StringNotLike':
      return likeMatcher(value);
    case 'ArnEquals':
    case 'ArnLike':
      return arnMatcher(value);
    case 'Bool':
      return (given) => given.toLowerCase() === value.toLowerCase();
  }
}

/** The message of AWS for a denied call. */
export function denialMessage(principal: string, { action, resource }: RequiredPermission, decision: Decision): string {
  const reason =
    decision === 'explicitlyDenied'
      ? 'with an explicit deny in an identity-based policy'
      : `because no identity-based policy allows the ${action} action`;
  return `User: ${principal} is not authorized to perform: ${action} on resource: ${resource} ${reason}`;
}

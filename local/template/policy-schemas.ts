import * as z from 'zod';
import type { Condition, ConditionOperator, Statement } from '../iam/evaluate.ts';
import { unused } from './properties.ts';

// Policies as templates have them. What the evaluator does not know is an issue, which readProperties refuses by name.

const operators: readonly ConditionOperator[] = [
  'StringEquals',
  'StringNotEquals',
  'StringLike',
  'StringNotLike',
  'ArnEquals',
  'ArnLike',
  'Bool',
  'Null',
];

/** Condition keys whose values the local cloud knows, and whether a request has several of them. */
const conditionKeys: Readonly<Record<string, 'one' | 'several'>> = {
  'aws:SecureTransport': 'one',
  'aws:SourceAccount': 'one',
  'aws:SourceArn': 'one',
  'dynamodb:LeadingKeys': 'several',
};

/** Policy variables would have to be filled in for each call. */
const text = z.string().refine((value) => !value.includes('${'), 'policy variables are not evaluated locally');
const inList = (value: unknown) => (Array.isArray(value) ? value : [value]);
const oneOrMore = z.preprocess(inList, z.array(text));
const conditionValues = z.preprocess((value) => inList(value).map(String), z.array(text));

const conditionSchema = z
  .record(z.string(), z.record(z.string(), conditionValues))
  .default({})
  .transform((operatorsOfStatement, context): Condition[] =>
    Object.entries(operatorsOfStatement).flatMap(([name, keys]) =>
      Object.entries(keys).map(([key, values]) => {
        const [, quantifier, operatorName = name] = /^(?:(ForAllValues|ForAnyValue):)?(.*)$/.exec(name) ?? [];
        const operator = operators.find((known) => known === operatorName);
        const kind = Object.hasOwn(conditionKeys, key) ? conditionKeys[key] : undefined;
        const problem =
          operator === undefined
            ? `the condition operator ${name} is not evaluated locally; known are ${operators.join(', ')}`
            : kind === undefined
              ? `the condition key ${key} is not known locally; known are ${Object.keys(conditionKeys).join(', ')}`
              : operator !== 'Null' && (kind === 'several') !== (quantifier !== undefined)
                ? `${key} has ${kind} value${kind === 'several' ? 's' : ''}, and so ${
                    kind === 'several' ? 'needs ForAllValues or ForAnyValue' : 'takes no ForAllValues or ForAnyValue'
                  }`
                : undefined;
        if (problem !== undefined) {
          context.addIssue({ code: 'custom', message: problem });
        }
        return {
          operator: operator ?? 'Null',
          ...((quantifier === 'ForAllValues' || quantifier === 'ForAnyValue') && { quantifier }),
          key,
          values,
        };
      }),
    ),
  );

const effect = z.enum(['Allow', 'Deny']);
const version = z.literal('2012-10-17');

/** A policy of a role. */
export const identityPolicySchema = z.strictObject({
  Version: version,
  Statement: z.array(
    z
      .strictObject({
        Effect: effect,
        Action: oneOrMore,
        Resource: oneOrMore,
        Condition: conditionSchema,
        ...unused('Sid'),
      })
      .transform(
        ({ Effect, Action, Resource, Condition: conditions }): Statement => ({
          effect: Effect,
          actions: Action,
          resources: Resource,
          conditions,
        }),
      ),
  ),
});

/** Who a statement of a resource's policy is about: services, ARNs of AWS, or everybody. */
const principalSchema = z.union([
  z.literal('*').transform(() => ['*']),
  z
    .strictObject({ Service: oneOrMore.optional(), AWS: oneOrMore.optional() })
    .transform(({ Service = [], AWS = [] }) => [...Service, ...AWS]),
]);

export type ResourceStatement = Statement & { principals: readonly string[] };

/** A policy of a resource. The trust policy of a role names no resource: it is about the role itself. */
const resourcePolicySchema = z.strictObject({
  Version: version,
  Statement: z.array(
    z
      .strictObject({
        Effect: effect,
        Principal: principalSchema,
        Action: oneOrMore,
        Resource: oneOrMore.default(['*']),
        Condition: conditionSchema,
        ...unused('Sid'),
      })
      .transform(
        ({ Effect, Principal, Action, Resource, Condition: conditions }): ResourceStatement => ({
          effect: Effect,
          principals: Principal,
          actions: Action,
          resources: Resource,
          conditions,
        }),
      ),
  ),
});

export const queuePolicySchema = z.strictObject({
  PolicyDocument: resourcePolicySchema,
  ...unused('Queues'),
});

export const roleSchema = z.strictObject({
  AssumeRolePolicyDocument: resourcePolicySchema,
  Policies: z.array(z.strictObject({ PolicyDocument: identityPolicySchema, ...unused('PolicyName') })).default([]),
  ManagedPolicyArns: z.array(z.string()).default([]),
  ...unused('Description', 'MaxSessionDuration', 'RoleName', 'Tags'),
});

export const policySchema = z.strictObject({
  PolicyDocument: identityPolicySchema,
  Roles: z.array(z.string()).default([]),
  ...unused('Description', 'ManagedPolicyName', 'PolicyName'),
});

export const permissionSchema = z.strictObject({
  Action: z.literal('lambda:InvokeFunction'),
  FunctionName: z.string(),
  Principal: z.string(),
  SourceArn: z.string().optional(),
  SourceAccount: z.string().optional(),
});

/**
 * Policies that AWS maintains, as far as roles here have them.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaBasicExecutionRole.html
 */
export const managedPolicies: Readonly<Record<string, readonly Statement[]>> = {
  'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole': [
    {
      effect: 'Allow',
      actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: ['*'],
      conditions: [],
    },
  ],
};

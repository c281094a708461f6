import * as z from 'zod';
import type { Condition, ConditionOperator, Statement } from '../iam/evaluate.ts';
import { unused } from './properties.ts';

// Policies in templates. Parts that the evaluator does not support become issues, which readProperties reports by name.

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

/** The supported condition keys, and whether they are single-valued or multi-valued. */
const conditionKeys: Readonly<Record<string, 'one' | 'several'>> = {
  'aws:SecureTransport': 'one',
  'aws:SourceAccount': 'one',
  'aws:SourceArn': 'one',
  'dynamodb:LeadingKeys': 'several',
};

/** Policy variables, which would have to be substituted for each call, are not supported. */
const text = z.string().refine((value) => !value.includes('${'), 'the local cloud does not support policy variables');
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
            ? `the local cloud does not support the condition operator ${name}; supported: ${operators.join(', ')}`
            : kind === undefined
              ? `the local cloud does not support the condition key ${key}; supported: ${Object.keys(conditionKeys).join(', ')}`
              : operator !== 'Null' && (kind === 'several') !== (quantifier !== undefined)
                ? `${key} has ${kind} value${kind === 'several' ? 's' : ''}, and therefore ${
                    kind === 'several'
                      ? 'requires ForAllValues or ForAnyValue'
                      : 'does not allow ForAllValues or ForAnyValue'
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

/** The principals of a resource policy's statement: services, AWS ARNs, or everyone. */
const principalSchema = z.union([
  z.literal('*').transform(() => ['*']),
  z
    .strictObject({ Service: oneOrMore.optional(), AWS: oneOrMore.optional() })
    .transform(({ Service = [], AWS = [] }) => [...Service, ...AWS]),
]);

export type ResourceStatement = Statement & { principals: readonly string[] };

/** A resource policy. A role's trust policy names no resource: it applies to the role itself. */
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
 * The AWS managed policies that roles of this project use.
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

import { Stack, Validations } from 'aws-cdk-lib';
import { CfnPolicy } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

/** Formats a resolved value of a template as in a finding of cdk-nag: references in angle brackets. */
export function nagName(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  if ('Ref' in value) return `<${String(value.Ref)}>`;
  if ('Fn::GetAtt' in value && Array.isArray(value['Fn::GetAtt'])) return `<${value['Fn::GetAtt'].join('.')}>`;
  if ('Fn::Sub' in value && typeof value['Fn::Sub'] === 'string')
    return value['Fn::Sub'].replaceAll(/\$\{([^}]+)\}/g, '<$1>');
  if ('Fn::Join' in value && Array.isArray(value['Fn::Join']) && Array.isArray(value['Fn::Join'][1])) {
    return value['Fn::Join'][1].map(nagName).join('');
  }
  return '';
}

type Statement = { Action?: unknown; Resource?: unknown };

/**
 * Acknowledges every wildcard in the policies below a construct, for one reason. Only for policies that a library of the CDK
 * writes.
 */
export function acknowledgeWildcards(below: IConstruct, reason: string): void {
  for (const policy of below.node.findAll().filter((child) => child instanceof CfnPolicy)) {
    // Safe: a resolved policy document has a list of statements.
    const { Statement } = Stack.of(policy).resolve(policy.policyDocument) as { Statement: Statement[] };
    for (const { Action, Resource } of Statement) {
      const actions = [Action].flat().map((action) => `Action::${nagName(action)}`);
      const resources = [Resource].flat().map((resource) => `Resource::${nagName(resource)}`);
      for (const named of [...actions, ...resources].filter((text) => text.includes('*'))) {
        Validations.of(policy).acknowledge({ id: `AwsSolutions-IAM5[${named}]`, reason });
      }
    }
  }
}

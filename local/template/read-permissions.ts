import { StartError } from '../start-error.ts';
import { account, region } from './identity.ts';
import type { All } from './known-types.ts';
import type { Parts, RolePart } from './parts.ts';
import * as schemas from './policy-schemas.ts';

/** Roles by ARN, permissions of functions, and policies of queues. */
export type Permissions = Pick<Parts, 'invokePermissions' | 'queuePolicies'> & {
  /** Returns a role by ARN. @throws StartError when the template does not have it */
  roleOf(arn: string, owner: string): RolePart;
};

/** Reads roles and permissions from the template. */
export function readPermissions(all: All): Permissions {
  const policies = all('AWS::IAM::Policy', schemas.policySchema);
  const managed = all('AWS::IAM::ManagedPolicy', schemas.policySchema);
  const roles = all('AWS::IAM::Role', schemas.roleSchema).map(
    ({ ref: name, attributes, logicalId, properties }): RolePart => {
      const attached = [...policies, ...managed].filter((policy) => policy.properties.Roles.includes(name));
      const named = properties.ManagedPolicyArns.map((arn) => {
        const own = managed.find((policy) => policy.ref === arn)?.properties.PolicyDocument.Statement;
        const statements = own ?? (Object.hasOwn(schemas.managedPolicies, arn) && schemas.managedPolicies[arn]);
        if (!statements) {
          throw new StartError(
            `${logicalId} (AWS::IAM::Role): the local cloud does not support the managed policy ${arn}. ` +
              `Supported: ${Object.keys(schemas.managedPolicies).join(', ')}.`,
          );
        }
        return statements;
      });
      return {
        name,
        arn: attributes.Arn ?? name,
        trust: properties.AssumeRolePolicyDocument.Statement,
        statements: [
          ...properties.Policies.flatMap((policy) => policy.PolicyDocument.Statement),
          ...attached.flatMap((policy) => policy.properties.PolicyDocument.Statement),
          ...named.flat(),
        ],
      };
    },
  );

  return {
    roleOf(arn, owner) {
      const role = roles.find((candidate) => candidate.arn === arn);
      if (!role) {
        throw new StartError(`${owner}: its role ${arn} is not in the template, so its permissions are unknown.`);
      }
      return role;
    },
    invokePermissions: all('AWS::Lambda::Permission', schemas.permissionSchema).map(({ properties }) => ({
      functionArn: functionArn(properties.FunctionName),
      principal: properties.Principal,
      ...(properties.SourceArn !== undefined && { sourceArn: properties.SourceArn }),
      ...(properties.SourceAccount !== undefined && { sourceAccount: properties.SourceAccount }),
    })),
    queuePolicies: all('AWS::SQS::QueuePolicy', schemas.queuePolicySchema).flatMap(
      ({ properties }) => properties.PolicyDocument.Statement,
    ),
  };
}

/** Returns a function's ARN, given its ARN or name. */
function functionArn(name: string): string {
  return name.startsWith('arn:') ? name : `arn:aws:lambda:${region}:${account}:function:${name}`;
}

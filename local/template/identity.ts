import { createHash } from 'node:crypto';
import { StartError } from '../start-error.ts';
import type { Assembly, Resource, Stack } from './assembly.ts';
import { type References, resolve } from './intrinsics.ts';

/** The account and region of the local cloud. */
export const account = '000000000000';
export const region = 'eu-west-2';

/** The results of `Ref` and `Fn::GetAtt` for a resource. */
export type Identity = { ref: string; attributes: Readonly<Record<string, string>> };

const pseudoParameters: Readonly<Record<string, unknown>> = {
  'AWS::AccountId': account,
  'AWS::Region': region,
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::NotificationARNs': [],
};

/** Resolves references within and across the stacks of an assembly. */
export type Resolver = {
  /** Returns the names and ARNs of a resource. */
  identityOf(stack: Stack, logicalId: string): Identity;
  /** Returns the properties of a resource, with intrinsic functions resolved. */
  propertiesOf(stack: Stack, logicalId: string): Readonly<Record<string, unknown>>;
};

export function resolverOf(assembly: Assembly): Resolver {
  const exported = new Map<string, { stack: Stack; value: unknown }>();
  for (const stack of assembly.stacks) {
    for (const { Value, Export } of Object.values(stack.Outputs)) {
      if (Export) {
        exported.set(String(resolve(Export.Name, references(stack))), { stack, value: Value });
      }
    }
  }

  function references(stack: Stack): References {
    return {
      ref(name) {
        if (name === 'AWS::StackName') {
          return stack.name;
        }
        if (name === 'AWS::StackId') {
          return `arn:aws:cloudformation:${region}:${account}:stack/${stack.name}/local`;
        }
        if (Object.hasOwn(pseudoParameters, name)) {
          return pseudoParameters[name];
        }
        const parameter = stack.Parameters[name];
        if (parameter) {
          if (parameter.Default === undefined) {
            throw new StartError(
              `The parameter ${name} of stack ${stack.name} has no default, which the local cloud needs.`,
            );
          }
          return parameter.Default;
        }
        return identityOf(stack, name).ref;
      },
      attribute(logicalId, attribute) {
        const { attributes } = identityOf(stack, logicalId);
        const value = attributes[attribute];
        if (value === undefined) {
          const { Type } = resourceOf(stack, logicalId);
          throw new StartError(
            `The local cloud does not support the attribute ${attribute} of ${logicalId} (${Type}, stack ${stack.name}). ` +
              `Supported: ${Object.keys(attributes).join(', ') || 'none'}.`,
          );
        }
        return value;
      },
      imported(name) {
        const found = exported.get(name);
        if (!found) {
          throw new StartError(`Stack ${stack.name} imports ${name}, which no stack exports.`);
        }
        return resolve(found.value, references(found.stack));
      },
    };
  }

  /** Resolves only the name properties: they may be needed before the other properties can be resolved. */
  function identityOf(stack: Stack, logicalId: string): Identity {
    const resource = resourceOf(stack, logicalId);
    const nameProperty = (property: string): string | undefined => {
      const value = resource.Properties[property];
      return value === undefined ? undefined : String(resolve(value, references(stack)));
    };
    return identify(resource.Type, `${stack.name}-${logicalId}`, logicalId, nameProperty);
  }

  function propertiesOf(stack: Stack, logicalId: string) {
    const { Type, Properties } = resourceOf(stack, logicalId);
    try {
      return Object.fromEntries(
        Object.entries(Properties)
          .map(([key, value]) => [key, resolve(value, references(stack))])
          .filter(([, value]) => value !== undefined),
      );
    } catch (error) {
      if (error instanceof StartError) {
        throw new StartError(`${logicalId} (${Type}, stack ${stack.name}): ${error.message}`);
      }
      throw error;
    }
  }

  return { identityOf, propertiesOf };
}

function resourceOf(stack: Stack, logicalId: string): Resource {
  const resource = stack.Resources[logicalId];
  if (!resource) {
    throw new StartError(`Stack ${stack.name} refers to ${logicalId}, which it does not contain.`);
  }
  return resource;
}

/** Derives a stable id of digits and lower-case letters, as AWS assigns them. */
function idOf(physicalId: string, length: number): string {
  const digits = BigInt(`0x${createHash('sha256').update(physicalId).digest('hex')}`).toString(36);
  return digits.slice(0, length);
}

function identify(
  type: string,
  physicalId: string,
  logicalId: string,
  nameProperty: (property: string) => string | undefined,
): Identity {
  const arn = (service: string, resource: string) => `arn:aws:${service}:${region}:${account}:${resource}`;
  switch (type) {
    case 'AWS::DynamoDB::Table': {
      const name = nameProperty('TableName') ?? physicalId;
      const tableArn = arn('dynamodb', `table/${name}`);
      return { ref: name, attributes: { Arn: tableArn, StreamArn: `${tableArn}/stream/local` } };
    }
    case 'AWS::Lambda::Function': {
      // A function's name has at most 64 characters; the end makes it unique.
      const name = nameProperty('FunctionName') ?? physicalId.slice(-64).replace(/^-+/, '');
      return { ref: name, attributes: { Arn: arn('lambda', `function:${name}`) } };
    }
    case 'AWS::StepFunctions::StateMachine': {
      const name = nameProperty('StateMachineName') ?? physicalId.slice(-80).replace(/^-+/, '');
      const machineArn = arn('states', `stateMachine:${name}`);
      return { ref: machineArn, attributes: { Arn: machineArn, Name: name } };
    }
    case 'AWS::SecretsManager::Secret': {
      const secretArn = arn('secretsmanager', `secret:${nameProperty('Name') ?? physicalId}-local0`);
      return { ref: secretArn, attributes: { Id: secretArn } };
    }
    case 'AWS::SQS::Queue': {
      const name = nameProperty('QueueName') ?? physicalId.slice(-80).replace(/^-+/, '');
      const url = `https://sqs.${region}.amazonaws.com/${account}/${name}`;
      return { ref: url, attributes: { Arn: arn('sqs', name), QueueName: name, QueueUrl: url } };
    }
    case 'AWS::ApiGatewayV2::Api':
      return {
        ref: logicalId,
        attributes: { ApiId: logicalId, ApiEndpoint: `https://${logicalId}.execute-api.${region}.amazonaws.com` },
      };
    case 'AWS::Cognito::UserPool': {
      const id = `${region}_${idOf(physicalId, 9)}`;
      const provider = `cognito-idp.${region}.amazonaws.com/${id}`;
      return {
        ref: id,
        attributes: {
          Arn: arn('cognito-idp', `userpool/${id}`),
          ProviderName: provider,
          ProviderURL: `https://${provider}`,
          UserPoolId: id,
        },
      };
    }
    case 'AWS::Cognito::UserPoolClient': {
      const id = idOf(physicalId, 26);
      return { ref: id, attributes: { ClientId: id, Name: nameProperty('ClientName') ?? logicalId } };
    }
    case 'AWS::Cognito::UserPoolDomain':
      return { ref: nameProperty('Domain') ?? physicalId, attributes: {} };
    case 'AWS::Logs::LogGroup': {
      const name = nameProperty('LogGroupName') ?? physicalId;
      return { ref: name, attributes: { Arn: arn('logs', `log-group:${name}:*`) } };
    }
    case 'AWS::IAM::Role': {
      const name = nameProperty('RoleName') ?? physicalId;
      return {
        ref: name,
        attributes: { Arn: `arn:aws:iam::${account}:role/${name}`, RoleId: physicalId },
      };
    }
    case 'AWS::IAM::ManagedPolicy': {
      const policyArn = `arn:aws:iam::${account}:policy/${nameProperty('ManagedPolicyName') ?? physicalId}`;
      return { ref: policyArn, attributes: { PolicyArn: policyArn } };
    }
    case 'AWS::Scheduler::Schedule':
    case 'AWS::Events::Rule': {
      const name = nameProperty('Name') ?? physicalId.slice(-64).replace(/^-+/, '');
      return { ref: name, attributes: { Arn: arn('events', `rule/${name}`) } };
    }
    default: {
      const service = type.split('::')[1]?.toLowerCase() ?? 'local';
      return { ref: physicalId, attributes: { Arn: arn(service, physicalId) } };
    }
  }
}

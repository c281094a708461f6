import type * as z from 'zod';
import type { All } from './known-types.ts';
import type { PasswordPolicy, UserPoolPart } from './parts.ts';
import * as schemas from './schemas.ts';

/** Reads the user pools of a template, with their groups and clients. */
export function readUserPools(all: All): UserPoolPart[] {
  const clients = all('AWS::Cognito::UserPoolClient', schemas.userPoolClientSchema);
  const groups = all('AWS::Cognito::UserPoolGroup', schemas.userPoolGroupSchema);
  return all('AWS::Cognito::UserPool', schemas.userPoolSchema).map(({ ref: id, attributes, properties }) => {
    const { PreTokenGenerationConfig: claims, CustomMessage: messages } = properties.LambdaConfig;
    return {
      id,
      arn: attributes.Arn ?? id,
      attributes: [
        ...schemas.standardAttributes,
        // Custom attributes have a type; their names have a prefix everywhere else.
        ...properties.Schema.flatMap(({ Name, AttributeDataType }) => (AttributeDataType ? [`custom:${Name}`] : [])),
      ],
      groups: groups.filter((group) => group.properties.UserPoolId === id).map((group) => group.properties.GroupName),
      clients: clients
        .filter((client) => client.properties.UserPoolId === id)
        .map(({ ref, attributes, properties: client }) => ({
          id: ref,
          name: attributes.Name ?? ref,
          flows: client.AllowedOAuthFlows,
          scopes: client.AllowedOAuthScopes,
          callbackUrls: client.CallbackURLs,
          authFlows: client.ExplicitAuthFlows,
          hasSecret: client.GenerateSecret,
          tokenSeconds: client.AccessTokenValidity * 60,
        })),
      ...(claims && { claimsFunctionArn: claims.LambdaArn }),
      ...(messages !== undefined && { messageFunctionArn: messages }),
      passwordPolicy: passwordPolicyOf(properties.Policies?.PasswordPolicy),
      secondFactor: properties.MfaConfiguration,
    };
  });
}

/** Without a policy, Cognito requires eight characters of every kind. */
function passwordPolicyOf(
  policy: NonNullable<z.output<typeof schemas.userPoolSchema>['Policies']>['PasswordPolicy'] | undefined,
): PasswordPolicy {
  return {
    minLength: policy?.MinimumLength ?? 8,
    required: [
      ...((policy?.RequireLowercase ?? true) ? (['lowercase'] as const) : []),
      ...((policy?.RequireUppercase ?? true) ? (['uppercase'] as const) : []),
      ...((policy?.RequireNumbers ?? true) ? (['numeric'] as const) : []),
      ...((policy?.RequireSymbols ?? true) ? (['symbol'] as const) : []),
    ],
    remembered: policy?.PasswordHistorySize ?? 0,
    temporaryDays: policy?.TemporaryPasswordValidityDays ?? 7,
  };
}

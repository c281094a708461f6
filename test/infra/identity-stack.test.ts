import { beforeAll, describe, expect, test } from '@jest/globals';
import { roles } from '../../domain/access.ts';
import type { Json } from './synthesis.ts';
import { expectResource, resourcesOf, type SynthesisedStage, synthesised, type Template } from './synthesised.ts';

let dev: SynthesisedStage;
let production: SynthesisedStage;

beforeAll(async () => {
  dev = await synthesised();
  production = await synthesised({ stage: 'production' });
}, 180_000);

/** The users' template, which a stage has unless another issuer is named. */
function identityOf({ identity }: typeof dev): Template {
  if (!identity) throw new Error('There is no user pool');
  return identity;
}

function environmentOf(template: Template, id: RegExp): Json | undefined {
  const [lambda] = [...resourcesOf(template, 'AWS::Lambda::Function')].filter(([name]) => id.test(name));
  const environment = lambda?.[1].Properties.Environment;
  return typeof environment === 'object' && environment !== null && 'Variables' in environment
    ? environment.Variables
    : undefined;
}

describe('the user pool', () => {
  test('signs the tokens that the API accepts', () => {
    const [authorizer] = resourcesOf(dev.service, 'AWS::ApiGatewayV2::Authorizer').values();
    const text = JSON.stringify(authorizer?.Properties.JwtConfiguration);
    expect(text).toMatch(/"Issuer":\{.*Users.*ProviderURL/);
    expect(text).toMatch(/"Audience":\[\{.*People/);
  });

  test('has a group for each role, and no other', () => {
    const groups = [...resourcesOf(identityOf(dev), 'AWS::Cognito::UserPoolGroup').values()];
    expect(groups.map(({ Properties }) => Properties.GroupName).sort()).toEqual([...roles].sort());
  });

  test('does not let users sign up or set their own partner', () => {
    const identity = identityOf(dev);
    expectResource(identity, 'AWS::Cognito::UserPool', {
      Properties: { AdminCreateUserConfig: { AllowAdminCreateUserOnly: true } },
    });
    for (const { Properties } of resourcesOf(identity, 'AWS::Cognito::UserPoolClient').values()) {
      expect(Properties.WriteAttributes).toEqual(['email', 'name']);
    }
  });

  test('invokes the function for claims of users and machines, which may do nothing but log', () => {
    const identity = identityOf(dev);
    expectResource(identity, 'AWS::Cognito::UserPool', {
      Properties: {
        UserPoolTier: 'ESSENTIALS',
        LambdaConfig: { PreTokenGenerationConfig: { LambdaVersion: 'V3_0', LambdaArn: expect.anything() } },
      },
    });
    const [claims] = resourcesOf(identity, 'AWS::IAM::Role').values();
    expect(JSON.stringify(claims?.Properties.Policies)).not.toMatch(/"(?!logs:|xray:)[a-z-]+:[A-Z]\w+"/);
  });

  test('writes its invitations itself, with a function that may only look for the client for users', () => {
    const identity = identityOf(dev);
    const [pool] = resourcesOf(identity, 'AWS::Cognito::UserPool').values();
    expect(pool?.Properties.LambdaConfig).toMatchObject({
      CustomMessage: { 'Fn::GetAtt': [expect.stringMatching(/^WriteInvitation/), 'Arn'] },
    });
    // A template of the pool would override the function's text.
    expect(pool?.Properties.AdminCreateUserConfig).not.toHaveProperty('InviteMessageTemplate');
    const grants = [...resourcesOf(identity, 'AWS::IAM::Policy').values()].map(({ Properties }) => Properties);
    expect(grants).toMatchObject([
      {
        PolicyDocument: {
          Statement: [
            {
              Action: 'cognito-idp:ListUserPoolClients',
              Resource: { 'Fn::GetAtt': [expect.stringMatching(/^Users/), 'Arn'] },
            },
          ],
        },
        Roles: [{ Ref: expect.stringMatching(/^WriteInvitationRole/) }],
      },
    ]);
    expect(resourcesOf(identity, 'AWS::Cognito::UserPoolClient').values().next().value?.Properties.ClientName).toBe(
      'sim-fulfilment-users',
    );
  });

  test('links invitations to its own page, or to the console of the stage', async () => {
    expect(environmentOf(identityOf(dev), /^WriteInvitation/)).toMatchObject({
      SIGN_IN_URL: {
        'Fn::Join': ['', expect.arrayContaining([expect.stringContaining('https://sim-fulfilment-dev-')])],
      },
      CALLBACK_URL: 'http://localhost:8976/callback',
      SECOND_FACTOR: 'optional',
    });
    expect(environmentOf(identityOf(dev), /^WriteInvitation/)).not.toHaveProperty('CONSOLE_URL');
    expect(environmentOf(identityOf(production), /^WriteInvitation/)).toMatchObject({ SECOND_FACTOR: 'required' });
    const withConsole = await synthesised({ consoleUrl: 'https://console.partner-connect.net' });
    expect(environmentOf(identityOf(withConsole), /^WriteInvitation/)).toMatchObject({
      CONSOLE_URL: 'https://console.partner-connect.net',
    });
  }, 180_000);

  test('has the URL of the sign-in as an output, with the client, the scopes and the callback', () => {
    const text = JSON.stringify(identityOf(dev).Outputs?.AuthorizeUrl);
    expect(text).toMatch(/\/oauth2\/authorize\?response_type=code&client_id=.*People/);
    expect(text).toContain('&scope=openid+email&redirect_uri=http%3A%2F%2Flocalhost%3A8976%2Fcallback');
  });

  test('issues tokens to users only by the code flow, without a secret, for an hour', () => {
    expectResource(identityOf(dev), 'AWS::Cognito::UserPoolClient', {
      Properties: {
        GenerateSecret: false,
        AllowedOAuthFlows: ['code'],
        AccessTokenValidity: 60,
        EnableTokenRevocation: true,
        PreventUserExistenceErrors: 'ENABLED',
      },
    });
  });

  test('sends emails through SES if configured, and otherwise by Cognito', async () => {
    const identityArn = 'arn:aws:ses:eu-west-1:123456789012:identity/partner-connect.net';
    const elsewhere = await synthesised({ emailFrom: 'sims@partner-connect.net', emailIdentityArn: identityArn });
    expectResource(identityOf(elsewhere), 'AWS::Cognito::UserPool', {
      Properties: {
        EmailConfiguration: {
          EmailSendingAccount: 'DEVELOPER',
          From: 'sims@partner-connect.net',
          SourceArn: identityArn,
        },
      },
    });
    const [pool] = resourcesOf(identityOf(dev), 'AWS::Cognito::UserPool').values();
    expect(pool?.Properties).not.toHaveProperty('EmailConfiguration');
  }, 180_000);

  test('requires long passwords, none of the last ten, and ends temporary ones after a day', () => {
    expectResource(identityOf(dev), 'AWS::Cognito::UserPool', {
      Properties: {
        Policies: {
          PasswordPolicy: {
            MinimumLength: 16,
            PasswordHistorySize: 10,
            RequireLowercase: true,
            RequireNumbers: true,
            RequireSymbols: true,
            RequireUppercase: true,
            TemporaryPasswordValidityDays: 1,
          },
        },
      },
    });
  });

  test('redirects users to the page of the stage', async () => {
    const elsewhere = await synthesised({ signInAt: 'https://portal.partner-connect.net/signed-in' });
    expectResource(identityOf(elsewhere), 'AWS::Cognito::UserPoolClient', {
      Properties: { CallbackURLs: ['https://portal.partner-connect.net/signed-in'] },
    });
  });

  test('has one client for all API clients, whose tokens the API accepts, and whose secret one function reads', () => {
    const clients = [...resourcesOf(identityOf(dev), 'AWS::Cognito::UserPoolClient').values()];
    const machines = clients.filter(({ Properties }) => Properties.GenerateSecret);
    expect(machines.map(({ Properties }) => Properties)).toMatchObject([
      {
        AllowedOAuthFlows: ['client_credentials'],
        AllowedOAuthScopes: ['sim-fulfilment/api-client'],
        ExplicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'],
        AccessTokenValidity: 720,
      },
    ]);
    const [authorizer] = resourcesOf(dev.service, 'AWS::ApiGatewayV2::Authorizer').values();
    expect(authorizer?.Properties.JwtConfiguration).toMatchObject({ Audience: [expect.anything(), expect.anything()] });
    const readers = [...resourcesOf(dev.service, 'AWS::Lambda::Function')].filter(([, { Properties }]) =>
      JSON.stringify(Properties).includes('MACHINE_CLIENT_ID'),
    );
    expect(readers.map(([id]) => id)).toEqual([expect.stringMatching(/^ApiTokens/)]);
  });

  test('requires a second factor on other stages on request', async () => {
    expectResource(identityOf(dev), 'AWS::Cognito::UserPool', { Properties: { MfaConfiguration: 'OPTIONAL' } });
    const strict = await synthesised({ secondFactor: 'required' });
    expectResource(identityOf(strict), 'AWS::Cognito::UserPool', {
      Properties: { MfaConfiguration: 'ON', EnabledMfas: ['SOFTWARE_TOKEN_MFA'] },
    });
  }, 180_000);

  test('is retained in production, where a second factor is required', () => {
    const identity = identityOf(production);
    expectResource(identity, 'AWS::Cognito::UserPool', {
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: { DeletionProtection: 'ACTIVE', MfaConfiguration: 'ON', EnabledMfas: ['SOFTWARE_TOKEN_MFA'] },
    });
    expect(production.terminationProtected).toContain('identity');
  });
});

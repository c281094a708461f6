import { Aws, CfnOutput, Duration, RemovalPolicy, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import {
  AccountRecovery,
  CfnManagedLoginBranding,
  CfnUserPool,
  CfnUserPoolClient,
  ClientAttributes,
  FeaturePlan,
  type IUserPool,
  LambdaVersion,
  ManagedLoginVersion,
  Mfa,
  OAuthScope,
  ResourceServerScope,
  StringAttribute,
  UserPool,
  type UserPoolClient,
  UserPoolGroup,
  UserPoolOperation,
} from 'aws-cdk-lib/aws-cognito';
import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { attributes } from '../adapters/cognito/attributes.ts';
import { authorizeUrl, signInEndpoints, USER_CLIENT_NAME } from '../adapters/cognito/sign-in-page.ts';
import { DEFAULT_SCOPE, redirectPaths } from '../console/configuration.ts';
import { roles } from '../domain/access.ts';
import { MACHINE_TOKEN_HOURS } from '../domain/machine-client.ts';
import { passwordRules } from '../domain/password-rules.ts';
import type { ConsoleSignIn } from './console-stack.ts';
import type { Bundles } from './functions/bundles.ts';
import { claimsEntry, invitationEntry } from './functions/entries.ts';
import { ServiceFunction, type ServiceFunctionProps } from './functions/service-function.ts';
import type { Stage, Tokens } from './stages.ts';

/** The default callback URL, for programs on the user's own machine. Override it with `-c signInAt=`. */
const localCallbackUrl = 'http://localhost:8976/callback';

/** The deployment's own user pool, its client for machines, and the URL at which the pool issues tokens. */
export type Users = { pool: IUserPool; machineClientId: string; tokenUrl: string };

export type IdentityStackProps = StackProps & { stage: Stage; bundles: Bundles };

/**
 * The user pool, whose groups are the roles, its client for users, and the client for which it issues the tokens of all API clients of
 * partners. The stack keeps users, so that no release replaces it. It does not exist if another issuer signs the tokens.
 */
export class IdentityStack extends Stack {
  /** The issuer and audiences of the tokens that the API accepts. */
  readonly tokens: Tokens;
  readonly users: Users;
  /** How users of the console sign in. */
  readonly consoleSignIn: ConsoleSignIn;
  /** The values that a client needs to sign in. */
  readonly outputs: Readonly<Record<'userPoolId' | 'clientId', CfnOutput>>;

  constructor(scope: Construct, id: string, props: IdentityStackProps) {
    const { stage } = props;
    super(scope, id, { ...props, terminationProtection: stage.isProtected });

    const pool = createUserPool(this, stage);
    // Version 3 is also called for tokens of machines, so that every client gets exactly these claims.
    pool.addTrigger(
      UserPoolOperation.PRE_TOKEN_GENERATION_CONFIG,
      this.createTrigger('AddClaims', claimsEntry, props, {
        description: 'Adds partner, customer and roles to access tokens',
        environment: {},
      }).lambda,
      LambdaVersion.V3_0,
    );

    // Unique in the region, and predictable.
    const domainPrefix = `sim-fulfilment-${stage.name}-${Aws.ACCOUNT_ID}`;
    const writeInvitation = this.createTrigger('WriteInvitation', invitationEntry, props, {
      description: 'Writes the invitations of users',
      environment: {
        // The domain and the client are created after the pool, and the pool after this function.
        SIGN_IN_URL: `https://${domainPrefix}.auth.${Aws.REGION}.amazoncognito.com`,
        CALLBACK_URL: stage.signInAt ?? localCallbackUrl,
        SECOND_FACTOR: stage.secondFactor,
        ...(stage.consoleUrl !== undefined && { CONSOLE_URL: stage.consoleUrl }),
      },
    });
    pool.addTrigger(UserPoolOperation.CUSTOM_MESSAGE, writeInvitation.lambda);
    // Not in the function's role, on which the pool depends.
    new Policy(this, 'FindUserClient', {
      roles: [writeInvitation.role],
      statements: [
        new PolicyStatement({ actions: ['cognito-idp:ListUserPoolClients'], resources: [pool.userPoolArn] }),
      ],
    });

    for (const role of roles) {
      new UserPoolGroup(this, `Role ${role}`, { userPool: pool, groupName: role });
    }

    const domain = pool.addDomain('SignIn', {
      cognitoDomain: { domainPrefix },
      managedLoginVersion: ManagedLoginVersion.NEWER_MANAGED_LOGIN,
    });
    const userClient = addUserClient(pool, stage);
    new CfnManagedLoginBranding(this, 'SignInPage', {
      userPoolId: pool.userPoolId,
      clientId: userClient.userPoolClientId,
      useCognitoProvidedValues: true,
    });

    const machineClient = addMachineClient(pool);
    const endpoints = signInEndpoints(domain.baseUrl());

    this.tokens = {
      issuer: pool.userPoolProviderUrl,
      audiences: [userClient.userPoolClientId, machineClient.userPoolClientId],
    };
    this.users = {
      pool,
      machineClientId: machineClient.userPoolClientId,
      tokenUrl: endpoints.token,
    };
    this.consoleSignIn = {
      configuration: {
        issuer: pool.userPoolProviderUrl,
        clientId: userClient.userPoolClientId,
        scope: DEFAULT_SCOPE,
        endpoints,
      },
      origins: [domain.baseUrl()],
    };
    this.outputs = {
      userPoolId: new CfnOutput(this, 'UserPoolId', { value: pool.userPoolId }),
      clientId: new CfnOutput(this, 'ClientId', { value: userClient.userPoolClientId }),
    };
    new CfnOutput(this, 'SignInUrl', { value: domain.baseUrl() });
    new CfnOutput(this, 'AuthorizeUrl', {
      value: authorizeUrl({
        pages: domain.baseUrl(),
        clientId: userClient.userPoolClientId,
        callback: stage.signInAt ?? localCallbackUrl,
      }),
    });
  }

  /** Creates a function that the pool calls. It may do nothing but log. */
  private createTrigger(
    id: string,
    entry: string,
    { stage, bundles }: IdentityStackProps,
    { description, environment }: Pick<ServiceFunctionProps, 'description' | 'environment'>,
  ): ServiceFunction {
    const bundle = bundles.get(entry);
    if (!bundle) throw new Error(`${entry} was not bundled`);
    return new ServiceFunction(this, id, {
      stage,
      bundle,
      description,
      // The limit of Cognito.
      timeout: Duration.seconds(5),
      environment,
      statements: [],
    });
  }
}

function createUserPool(scope: Construct, stage: Stage): UserPool {
  const pool = new UserPool(scope, 'Users', {
    // Users are invited.
    selfSignUpEnabled: false,
    signInAliases: { email: true },
    signInCaseSensitive: false,
    standardAttributes: { email: { required: true, mutable: true } },
    customAttributes: {
      [attributes.partnerId]: new StringAttribute({ mutable: true, maxLen: 100 }),
      [attributes.customerId]: new StringAttribute({ mutable: true, maxLen: 100 }),
    },
    passwordPolicy: {
      minLength: passwordRules.minLength,
      requireLowercase: true,
      requireUppercase: true,
      requireDigits: true,
      requireSymbols: true,
      tempPasswordValidity: Duration.days(passwordRules.temporaryDays),
      passwordHistorySize: passwordRules.remembered,
    },
    mfa: stage.secondFactor === 'required' ? Mfa.REQUIRED : Mfa.OPTIONAL,
    mfaSecondFactor: { otp: true, sms: false },
    accountRecovery: AccountRecovery.EMAIL_ONLY,
    // The smallest plan in which a function can add claims to access tokens.
    featurePlan: FeaturePlan.ESSENTIALS,
    deletionProtection: stage.isProtected,
    removalPolicy: stage.keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
  Validations.of(pool).acknowledge(
    {
      id: 'AwsSolutions-COG2',
      reason: 'A second factor is required in production, and optional on other stages, which have no real SIMs.',
    },
    {
      id: 'AwsSolutions-COG8',
      reason: 'The Plus plan adds risk scores to sign-ins at three times the price; this API has no sign-up.',
    },
  );

  // The CDK's construct does not support the ARN of an identity, which may be in another region.
  if (stage.email && pool.node.defaultChild instanceof CfnUserPool) {
    const { from, identityArn } = stage.email;
    pool.node.defaultChild.emailConfiguration = { emailSendingAccount: 'DEVELOPER', from, sourceArn: identityArn };
  }
  return pool;
}

/** The client with which users sign in. */
function addUserClient(pool: UserPool, stage: Stage): UserPoolClient {
  const atConsole = (path: string) => (stage.consoleUrl === undefined ? [] : [new URL(path, stage.consoleUrl).href]);
  return pool.addClient('People', {
    // By this name, the function that writes invitations finds it.
    userPoolClientName: USER_CLIENT_NAME,
    // Pages and programs on users' machines cannot keep a secret: they sign in with PKCE.
    generateSecret: false,
    authFlows: { userSrp: true, adminUserPassword: true },
    oAuth: {
      flows: { authorizationCodeGrant: true },
      scopes: [OAuthScope.OPENID, OAuthScope.EMAIL],
      callbackUrls: [stage.signInAt ?? localCallbackUrl, ...atConsole(redirectPaths.signedIn)],
      ...(stage.consoleUrl !== undefined && { logoutUrls: atConsole(redirectPaths.signedOut) }),
    },
    // Users can change writable attributes with their own tokens. They must not change their partner or customer.
    writeAttributes: new ClientAttributes().withStandardAttributes({ email: true, fullname: true }),
    preventUserExistenceErrors: true,
    enableTokenRevocation: true,
    accessTokenValidity: Duration.hours(1),
    idTokenValidity: Duration.hours(1),
    refreshTokenValidity: Duration.days(1),
  });
}

/** Its scope grants nothing: Cognito requires one for client credentials. The claims come from `functions/identity/add-claims.ts`. */
const machineScope = { server: 'sim-fulfilment', name: 'api-client' };

/**
 * The client for which the pool issues the tokens of all API clients of partners, whose secrets the token endpoint checks. Only that
 * function reads this client's secret.
 */
function addMachineClient(pool: UserPool): UserPoolClient {
  const server = pool.addResourceServer('Machines', {
    identifier: machineScope.server,
    scopes: [
      new ResourceServerScope({ scopeName: machineScope.name, scopeDescription: 'Call the API as an API client' }),
    ],
  });
  const client = pool.addClient('ApiClients', {
    generateSecret: true,
    oAuth: {
      flows: { clientCredentials: true },
      scopes: [OAuthScope.custom(`${machineScope.server}/${machineScope.name}`)],
    },
    // By default, users could write all of their attributes with it, including the partner that they belong to.
    writeAttributes: new ClientAttributes().withStandardAttributes({ email: true, fullname: true }),
    preventUserExistenceErrors: true,
    accessTokenValidity: Duration.hours(MACHINE_TOKEN_HOURS),
  });
  client.node.addDependency(server);
  if (!(client.node.defaultChild instanceof CfnUserPoolClient)) throw new Error('The client has no CfnUserPoolClient');
  // By default, users could sign in with it. The construct does not support a client without such a flow.
  client.node.defaultChild.explicitAuthFlows = ['ALLOW_REFRESH_TOKEN_AUTH'];
  return client;
}

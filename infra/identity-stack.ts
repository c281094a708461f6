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
import type { Construct } from 'constructs';
import { attributes } from '../adapters/cognito/attributes.ts';
import { roles } from '../domain/access.ts';
import { MACHINE_TOKEN_HOURS } from '../domain/machine-client.ts';
import type { Bundles } from './functions/bundles.ts';
import { claimsEntry } from './functions/entries.ts';
import { ServiceFunction } from './functions/service-function.ts';
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
  /** The values that a client needs to sign in. */
  readonly outputs: Readonly<Record<'userPoolId' | 'clientId', CfnOutput>>;

  constructor(scope: Construct, id: string, props: IdentityStackProps) {
    const { stage, bundles } = props;
    super(scope, id, { ...props, terminationProtection: stage.isProtected });

    const pool = createUserPool(this, stage);
    const bundle = bundles.get(claimsEntry);
    if (!bundle) throw new Error(`${claimsEntry} was not bundled`);
    const addClaims = new ServiceFunction(this, 'AddClaims', {
      stage,
      bundle,
      description: 'Adds partner, customer and roles to access tokens',
      // The limit of Cognito.
      timeout: Duration.seconds(5),
      environment: {},
      statements: [],
    });
    // Version 3 is also called for tokens of machines, so that every client gets exactly these claims.
    pool.addTrigger(UserPoolOperation.PRE_TOKEN_GENERATION_CONFIG, addClaims.lambda, LambdaVersion.V3_0);

    for (const role of roles) {
      new UserPoolGroup(this, `Role ${role}`, { userPool: pool, groupName: role });
    }

    const domain = pool.addDomain('SignIn', {
      // Unique in the region, and predictable.
      cognitoDomain: { domainPrefix: `sim-fulfilment-${stage.name}-${Aws.ACCOUNT_ID}` },
      managedLoginVersion: ManagedLoginVersion.NEWER_MANAGED_LOGIN,
    });
    const userClient = addUserClient(pool, stage);
    new CfnManagedLoginBranding(this, 'SignInPage', {
      userPoolId: pool.userPoolId,
      clientId: userClient.userPoolClientId,
      useCognitoProvidedValues: true,
    });

    const machineClient = addMachineClient(pool);

    this.tokens = {
      issuer: pool.userPoolProviderUrl,
      audiences: [userClient.userPoolClientId, machineClient.userPoolClientId],
    };
    this.users = {
      pool,
      machineClientId: machineClient.userPoolClientId,
      tokenUrl: `${domain.baseUrl()}/oauth2/token`,
    };
    this.outputs = {
      userPoolId: new CfnOutput(this, 'UserPoolId', { value: pool.userPoolId }),
      clientId: new CfnOutput(this, 'ClientId', { value: userClient.userPoolClientId }),
    };
    new CfnOutput(this, 'SignInUrl', { value: domain.baseUrl() });
    // A program adds `state` and its PKCE challenge: `npm run sign-in` does.
    const query = `response_type=code&client_id=${userClient.userPoolClientId}&scope=openid+email`;
    const redirect = encodeURIComponent(stage.signInAt ?? localCallbackUrl);
    new CfnOutput(this, 'AuthorizeUrl', {
      value: `${domain.baseUrl()}/oauth2/authorize?${query}&redirect_uri=${redirect}`,
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
      minLength: 16,
      requireLowercase: true,
      requireUppercase: true,
      requireDigits: true,
      requireSymbols: true,
      tempPasswordValidity: Duration.days(1),
      passwordHistorySize: 10,
    },
    mfa: stage.keepsData ? Mfa.REQUIRED : Mfa.OPTIONAL,
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
  return pool.addClient('People', {
    // Pages and programs on users' machines cannot keep a secret: they sign in with PKCE.
    generateSecret: false,
    authFlows: { userSrp: true, adminUserPassword: true },
    oAuth: {
      flows: { authorizationCodeGrant: true },
      scopes: [OAuthScope.OPENID, OAuthScope.EMAIL],
      callbackUrls: [stage.signInAt ?? localCallbackUrl],
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

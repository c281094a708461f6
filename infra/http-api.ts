import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AccessLogField, AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  CfnStage,
  CorsHttpMethod,
  type CorsPreflightOptions,
  HttpApi as GatewayApi,
  HttpMethod,
  HttpNoneAuthorizer,
  HttpRoute,
  type HttpRouteIntegrationBindOptions,
  type HttpRouteIntegrationConfig,
  HttpRouteKey,
  HttpStage,
  IntegrationCredentials,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { API_CLIENT_CLAIM, TOKEN_PATH } from '../domain/machine-client.ts';
import type { Stage, Tokens } from './stages.ts';

/** A route of the API. The route table of the functions has more details. */
export type HttpApiRoute = { method: string; path: string; access: string };

export type HttpApiProps = {
  stage: Stage;
  tokens: Tokens;
  /** The routes of each resource, with their function. */
  resources: readonly { name: string; lambda: IFunction; routes: readonly HttpApiRoute[] }[];
  /** The function that answers unknown paths with 404. It requires no token. */
  unknownPath: IFunction;
};

/**
 * The HTTP API: one route per entry of the route table, and `$default` for all other paths. All routes except public ones are
 * behind the JWT authoriser.
 */
export class HttpApi extends Construct {
  readonly url: string;
  readonly apiId: string;
  /** The deployed stage, which has the metrics of the API. */
  readonly deployed: HttpStage;

  constructor(scope: Construct, id: string, props: HttpApiProps) {
    super(scope, id);
    const { stage, tokens, resources, unknownPath } = props;

    const api = new GatewayApi(this, 'Api', {
      apiName: `sim-fulfilment-${stage.name}`,
      description: 'Order SIMs, put them into service and monitor them',
      createDefaultStage: false,
      ...(stage.corsOrigins.length > 0 && { corsPreflight: corsFor(stage.corsOrigins) }),
    });
    const authorizer = new HttpJwtAuthorizer('Tokens', tokens.issuer, { jwtAudience: [...tokens.audiences] });
    const noAuthorizer = new HttpNoneAuthorizer();
    const openRoutes: HttpRoute[] = [];
    const openLimits = new Map([[HttpRouteKey.DEFAULT.key, stage.openThrottle]]);

    const integrationOf = this.integrationsWithRole([...resources.map(({ lambda }) => lambda), unknownPath]);

    for (const { name, lambda, routes } of resources) {
      const integration = integrationOf(name, lambda);
      for (const { method, path, access } of routes) {
        const open = access === 'public';
        const route = new HttpRoute(this, `${method} ${path}`, {
          httpApi: api,
          routeKey: HttpRouteKey.with(path, methodOf(method)),
          integration,
          authorizer: open ? noAuthorizer : authorizer,
        });
        if (open) {
          openRoutes.push(route);
          // The token endpoint checks credentials: all systems may need a token at once.
          openLimits.set(`${method} ${path}`, path === TOKEN_PATH ? stage.throttle : stage.openThrottle);
          Validations.of(route).acknowledge({
            id: 'AwsSolutions-APIG4',
            reason:
              'Public on purpose: it returns the health of the service or its documentation and no data, or checks the secret of an API client or the signature of an operator itself.',
          });
        }
      }
    }

    const unknown = new HttpRoute(this, 'UnknownPath', {
      httpApi: api,
      routeKey: HttpRouteKey.DEFAULT,
      integration: integrationOf('UnknownPath', unknownPath),
      authorizer: noAuthorizer,
    });
    Validations.of(unknown).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason: 'Answers every request with 404: a token makes no difference for unknown paths.',
    });

    const accessLog = new LogGroup(this, 'AccessLog', {
      retention: stage.logRetention,
      removalPolicy: stage.keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    this.deployed = new HttpStage(this, 'Stage', {
      httpApi: api,
      stageName: '$default',
      autoDeploy: true,
      throttle: stage.throttle,
      accessLogSettings: { destination: new LogGroupLogDestination(accessLog), format: accessLogFormat },
    });
    // Separate limits, so that requests without a token do not affect callers with one. No construct supports these settings.
    const deployed = this.deployed.node.defaultChild;
    if (!(deployed instanceof CfnStage)) throw new Error('The API stage has no CfnStage');
    deployed.routeSettings = Object.fromEntries(
      [...openLimits].map(([key, { rateLimit, burstLimit }]) => [
        key,
        { ThrottlingRateLimit: rateLimit, ThrottlingBurstLimit: burstLimit },
      ]),
    );
    // API Gateway rejects settings for routes that do not exist yet.
    this.deployed.node.addDependency(...openRoutes, unknown);
    this.url = this.deployed.url;
    this.apiId = api.apiId;
  }

  /** Creates integrations that share one role: a stack has at most 500 resources, and a permission for each function would be one. */
  private integrationsWithRole(
    functions: readonly IFunction[],
  ): (name: string, lambda: IFunction) => IntegrationWithRole {
    const role = new Role(this, 'InvokeRole', {
      description: 'With which the HTTP API invokes its functions',
      assumedBy: new ServicePrincipal('apigateway.amazonaws.com'),
      inlinePolicies: {
        Invoke: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: ['lambda:InvokeFunction'],
              resources: [...new Set(functions)].map(({ functionArn }) => functionArn),
            }),
          ],
        }),
      },
    });
    return (name, lambda) => new IntegrationWithRole(name, lambda, role);
  }
}

/** CORS settings for these origins. Without credentials: tokens are sent in a header, never in a cookie. */
function corsFor(origins: readonly string[]): CorsPreflightOptions {
  return {
    allowOrigins: [...origins],
    allowMethods: [
      CorsHttpMethod.GET,
      CorsHttpMethod.HEAD,
      CorsHttpMethod.POST,
      CorsHttpMethod.PUT,
      CorsHttpMethod.PATCH,
      CorsHttpMethod.DELETE,
    ],
    allowHeaders: ['accept', 'authorization', 'content-type', 'idempotency-key', 'if-match', 'if-none-match'],
    exposeHeaders: [
      'content-disposition',
      'etag',
      'idempotent-replayed',
      'link',
      'location',
      'retry-after',
      'x-request-id',
    ],
    maxAge: Duration.hours(1),
  };
}

/** A Lambda integration that invokes its function with a role, so that the function needs no permission of its own for the API. */
class IntegrationWithRole extends HttpLambdaIntegration {
  readonly #role: Role;

  constructor(name: string, lambda: IFunction, role: Role) {
    super(name, lambda);
    this.#role = role;
  }

  /** Adds no permission to the function, unlike the base class. */
  protected override completeBind(): void {}

  override bind(options: HttpRouteIntegrationBindOptions): HttpRouteIntegrationConfig {
    return { ...super.bind(options), credentials: IntegrationCredentials.fromRole(this.#role) };
  }
}

const accessLogFormat = AccessLogFormat.custom(
  JSON.stringify({
    requestId: AccessLogField.contextRequestId(),
    requestTime: AccessLogField.contextRequestTime(),
    sourceIp: AccessLogField.contextIdentitySourceIp(),
    userAgent: AccessLogField.contextIdentityUserAgent(),
    partner: AccessLogField.contextAuthorizer('claims.partner_id'),
    subject: AccessLogField.contextAuthorizer('claims.sub'),
    apiClient: AccessLogField.contextAuthorizer(`claims.${API_CLIENT_CLAIM}`),
    routeKey: AccessLogField.contextRouteKey(),
    path: AccessLogField.contextPath(),
    status: AccessLogField.contextStatus(),
    responseLength: AccessLogField.contextResponseLength(),
    responseLatency: AccessLogField.contextResponseLatency(),
    error: AccessLogField.contextErrorMessage(),
    authorizerError: AccessLogField.contextAuthorizerError(),
    integrationError: AccessLogField.contextIntegrationErrorMessage(),
  }),
);

function methodOf(method: string): HttpMethod {
  const found = Object.values(HttpMethod).find((known) => known === method);
  if (!found) throw new Error(`API Gateway does not support the method ${method}`);
  return found;
}

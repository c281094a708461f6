import { ArnFormat, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { AccessLogField, AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  CfnStage,
  CorsHttpMethod,
  type CorsPreflightOptions,
  HttpApi as GatewayApi,
  HttpMethod,
  HttpNoneAuthorizer,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Stage, Tokens } from './stages.ts';

/** What the API needs to know of a route; the route table of the functions says more. */
export type Route = { method: string; path: string; access: string };

export type HttpApiProps = {
  stage: Stage;
  tokens: Tokens;
  /** The routes with the function that answers them. */
  resources: readonly { name: string; lambda: IFunction; routes: readonly Route[] }[];
  /** Answers every path that is not a route, with 404 and without asking for a token. */
  unknownPath: IFunction;
};

/**
 * The HTTP API: one route per entry of the route table, all behind the JWT authoriser except those whose access is
 * public, and `$default` for every other path.
 */
export class HttpApi extends Construct {
  readonly url: string;
  /** What is deployed of it; its metrics are the API's. */
  readonly deployed: HttpStage;
  /** The authoriser, whose audiences are set while the API runs. */
  readonly authorizer: { apiId: string; id: string; arn: string };

  constructor(scope: Construct, id: string, props: HttpApiProps) {
    super(scope, id);
    const { stage, tokens, resources, unknownPath } = props;

    const api = new GatewayApi(this, 'Api', {
      apiName: `sim-fulfilment-${stage.name}`,
      description: 'Order SIMs, put them into service and watch them',
      createDefaultStage: false,
      ...(stage.corsOrigins.length > 0 && { corsPreflight: corsFor(stage.corsOrigins) }),
    });
    const authorizer = new HttpJwtAuthorizer('Tokens', tokens.issuer, { jwtAudience: [tokens.audience] });
    const noAuthorizer = new HttpNoneAuthorizer();
    const openRoutes: HttpRoute[] = [];
    const openKeys: string[] = [HttpRouteKey.DEFAULT.key];

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
          openKeys.push(`${method} ${path}`);
          Validations.of(route).acknowledge({
            id: 'AwsSolutions-APIG4',
            reason: 'Public on purpose: it tells whether the service is up, or what it offers, and holds no data.',
          });
        }
      }
    }

    const unknown = new HttpRoute(this, 'UnknownPath', {
      httpApi: api,
      routeKey: HttpRouteKey.DEFAULT,
      // With the permission of its own route: an ARN for all paths does not match that of `$default`, which has none.
      integration: new HttpLambdaIntegration('UnknownPath', unknownPath),
      authorizer: noAuthorizer,
    });
    Validations.of(unknown).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason: 'Answers 404 whatever is asked; a path that does not exist is not there with a token either.',
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
    // Apart from the rest, so that requests without a token take nothing from callers that have one. No construct sets this.
    const settings = {
      ThrottlingRateLimit: stage.openThrottle.rateLimit,
      ThrottlingBurstLimit: stage.openThrottle.burstLimit,
    };
    const deployed = this.deployed.node.defaultChild;
    if (!(deployed instanceof CfnStage)) throw new Error('The stage of the API has no resource');
    deployed.routeSettings = Object.fromEntries(openKeys.map((key) => [key, settings]));
    // API Gateway refuses settings of a route that is not there yet.
    this.deployed.node.addDependency(...openRoutes, unknown);
    this.url = this.deployed.url;
    // Known from when the first route asked for it.
    const { authorizerId } = authorizer;
    this.authorizer = {
      apiId: api.apiId,
      id: authorizerId,
      arn: Stack.of(this).formatArn({
        service: 'apigateway',
        account: '',
        resource: `/apis/${api.apiId}/authorizers/${authorizerId}`,
        arnFormat: ArnFormat.NO_RESOURCE_NAME,
      }),
    };
  }
}

/** What pages of these origins may send and read. Tokens are sent as a header, never as a cookie: no credentials. */
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

function integrationOf(name: string, lambda: IFunction): HttpLambdaIntegration {
  // One permission per function instead of one per route: a function's policy holds 20 KB, which a few dozen routes fill.
  return new HttpLambdaIntegration(name, lambda, { scopePermissionToRoute: false });
}

const accessLogFormat = AccessLogFormat.custom(
  JSON.stringify({
    requestId: AccessLogField.contextRequestId(),
    requestTime: AccessLogField.contextRequestTime(),
    sourceIp: AccessLogField.contextIdentitySourceIp(),
    userAgent: AccessLogField.contextIdentityUserAgent(),
    partner: AccessLogField.contextAuthorizer('claims.partner_id'),
    subject: AccessLogField.contextAuthorizer('claims.sub'),
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
  if (!found) throw new Error(`API Gateway knows no method ${method}`);
  return found;
}

import { Duration, Validations } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  type BehaviorOptions,
  CachePolicy,
  Distribution,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  OriginSslPolicy,
  PriceClass,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { ConsoleHeaders } from './console-headers.ts';
import type { ConsoleSettings } from './console-settings.ts';
import { pageFallback } from './page-fallback.ts';

/** The path of the API's reference page. */
const REFERENCE_PATH = '/docs';

/**
 * The statuses of errors that CloudFront caches for ten seconds unless a distribution sets another time, even where caching is disabled:
 * a caller could get the answer of another one.
 */
const cachedErrors = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];

export type ConsoleDistributionProps = {
  settings: ConsoleSettings;
  /** The bucket with the console's files, and the names of those in its root. */
  files: IBucket;
  rootFiles: readonly string[];
  /** The bucket for the access logs. */
  logs: IBucket;
  api: { domainName: string; paths: readonly string[] };
  /** The origins that the console calls in addition to its own. */
  connectTo: readonly string[];
};

/** The console and the API on one origin, so that the console needs no CORS. */
export class ConsoleDistribution extends Construct {
  readonly distribution: Distribution;

  constructor(scope: Construct, id: string, props: ConsoleDistributionProps) {
    super(scope, id);
    const { settings, files, rootFiles, logs, api, connectTo } = props;
    const headers = new ConsoleHeaders(this, 'Headers', { connectTo });
    const file: BehaviorOptions = {
      origin: S3BucketOrigin.withOriginAccessControl(files),
      viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
      // The cache-control headers of the files decide how long they are cached.
      cachePolicy: CachePolicy.CACHING_OPTIMIZED,
      responseHeadersPolicy: headers.ofConsole,
      compress: true,
    };
    const request: BehaviorOptions = {
      origin: new HttpOrigin(api.domainName, {
        protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
        originSslProtocols: [OriginSslPolicy.TLS_V1_2],
      }),
      // Never redirected: the first request would already have sent its token in plain text.
      viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
      allowedMethods: AllowedMethods.ALLOW_ALL,
      cachePolicy: CachePolicy.CACHING_DISABLED,
      // All headers, also Authorization, but not the host, by which API Gateway finds the API.
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      responseHeadersPolicy: headers.ofApi,
      // The API compresses nothing, and CloudFront only what it may cache.
      compress: false,
    };
    const distribution = new Distribution(this, 'Default', {
      comment: 'Console and API',
      ...domainOf(this, settings),
      defaultRootObject: 'index.html',
      httpVersion: HttpVersion.HTTP2_AND_3,
      // Europe, North America and Israel: the operators' countries are in Europe.
      priceClass: PriceClass.PRICE_CLASS_100,
      enableLogging: true,
      logBucket: logs,
      logIncludesCookies: false,
      defaultBehavior: { ...file, functionAssociations: [this.fallback(rootFiles)] },
      additionalBehaviors: {
        // Without the fallback: a missing script must not be answered with a page.
        '/assets/*': file,
        ...Object.fromEntries(
          apiPatterns(api.paths).map((pattern) => [
            pattern,
            pattern === REFERENCE_PATH ? { ...request, responseHeadersPolicy: headers.ofReference } : request,
          ]),
        ),
      },
      errorResponses: cachedErrors.map((httpStatus) => ({ httpStatus, ttl: Duration.seconds(0) })),
    });
    acknowledgeFindings(distribution, settings);
    this.distribution = distribution;
  }

  private fallback(rootFiles: readonly string[]) {
    return {
      eventType: FunctionEventType.VIEWER_REQUEST,
      function: new EdgeFunction(this, 'PageFallback', {
        comment: 'Serves index.html for the paths of pages',
        runtime: FunctionRuntime.JS_2_0,
        code: FunctionCode.fromInline(pageFallback(rootFiles)),
      }),
    };
  }
}

/** The path patterns that lead to the API, which follow from its routes. The root is the console's. */
export function apiPatterns(paths: readonly string[]): string[] {
  const patterns = paths.flatMap((path) => {
    const [, first = '', ...rest] = path.split('/');
    if (first === '') return [];
    return rest.length === 0 ? [`/${first}`] : [`/${first}/*`];
  });
  return [...new Set(patterns)].sort();
}

function domainOf(scope: Construct, { domain }: ConsoleSettings) {
  return domain
    ? {
        domainNames: [domain.name],
        certificate: Certificate.fromCertificateArn(scope, 'Certificate', domain.certificateArn),
        minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
      }
    : {};
}

function acknowledgeFindings(distribution: Distribution, { domain }: ConsoleSettings): void {
  Validations.of(distribution).acknowledge(
    { id: 'AwsSolutions-CFR1', reason: 'Users travel: a partner may sign in from any country.' },
    {
      id: 'AwsSolutions-CFR2',
      reason:
        'The files are public and static. The API limits requests itself, also those that do not come through CloudFront, and checks every token.',
    },
    ...(domain === undefined
      ? [
          {
            id: 'AwsSolutions-CFR4',
            reason:
              'CloudFront sets the TLS versions of its own domain. A stage with a domain of its own requires TLS 1.2: -c consoleCertificateArn=.',
          },
        ]
      : []),
  );
}

import { Duration } from 'aws-cdk-lib';
import {
  HeadersFrameOption,
  HeadersReferrerPolicy,
  ResponseHeadersPolicy,
  type ResponseSecurityHeadersBehavior,
} from 'aws-cdk-lib/aws-cloudfront';
import { Construct } from 'constructs';
import { securityHeaders } from '../console/response-headers.ts';

/** The API's answers are data, which no browser should render. */
const dataPolicy = "default-src 'none'; frame-ancestors 'none'";

/** The headers that CloudFront adds to responses. */
export class ConsoleHeaders extends Construct {
  /** For the console's files. */
  readonly ofConsole: ResponseHeadersPolicy;
  /** For the API's responses. */
  readonly ofApi: ResponseHeadersPolicy;
  /** For the API's reference page. */
  readonly ofReference: ResponseHeadersPolicy;

  /** @param connectTo the origins that the console calls in addition to its own */
  constructor(scope: Construct, id: string, { connectTo }: { connectTo: readonly string[] }) {
    super(scope, id);
    const { 'content-security-policy': policy = '', ...others } = securityHeaders(connectTo);
    const custom = Object.entries(others).filter(([name]) => !(name in securityHeadersOfCloudFront));
    this.ofConsole = new ResponseHeadersPolicy(this, 'Console', {
      comment: 'Headers of the console',
      securityHeadersBehavior: securityBehavior(policy),
      customHeadersBehavior: {
        customHeaders: custom.map(([header, value]) => ({ header, value, override: true })),
      },
    });
    this.ofApi = new ResponseHeadersPolicy(this, 'Api', {
      comment: 'Headers of the API',
      securityHeadersBehavior: securityBehavior(dataPolicy),
    });
    this.ofReference = new ResponseHeadersPolicy(this, 'Reference', {
      comment: 'Headers of the API reference',
      // The API sends the policy of the page itself, which has the hashes of its scripts.
      securityHeadersBehavior: securityBehavior(dataPolicy, { override: false }),
    });
  }
}

/** The headers that CloudFront accepts only as settings of their own, with the values that all responses have. */
const securityHeadersOfCloudFront = {
  'x-content-type-options': { contentTypeOptions: { override: true } },
  'referrer-policy': { referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true } },
  'x-frame-options': { frameOptions: { frameOption: HeadersFrameOption.DENY, override: true } },
  'strict-transport-security': {
    strictTransportSecurity: {
      accessControlMaxAge: Duration.days(730),
      includeSubdomains: true,
      override: true,
    },
  },
} satisfies Record<string, ResponseSecurityHeadersBehavior>;

function securityBehavior(
  contentSecurityPolicy: string,
  { override } = { override: true },
): ResponseSecurityHeadersBehavior {
  return Object.assign(
    { contentSecurityPolicy: { contentSecurityPolicy, override } },
    ...Object.values(securityHeadersOfCloudFront),
  );
}

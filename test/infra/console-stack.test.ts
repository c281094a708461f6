import { runInNewContext } from 'node:vm';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { redirectPaths } from '../../console/configuration.ts';
import { allRoutes } from '../../functions/api/routes.ts';
import { apiPatterns } from '../../infra/console-distribution.ts';
import { rootFilesOf } from '../../infra/console-files.ts';
import { pageFallback } from '../../infra/page-fallback.ts';
import { StageError } from '../../infra/stage-error.ts';
import { expectResource, resourcesOf, type SynthesisedStage, synthesised, type Template } from './synthesised.ts';

const domain = 'console.partner-connect.net';
const certificate = 'arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d';
const issuer = { issuer: 'https://login.partner-connect.net/realms/sims', audience: 'sim-fulfilment' };

let dev: SynthesisedStage;
let withDomain: SynthesisedStage;
let external: SynthesisedStage;

beforeAll(async () => {
  dev = await synthesised();
  withDomain = await synthesised({
    stage: 'production',
    consoleUrl: `https://${domain}`,
    consoleCertificateArn: certificate,
  });
  external = await synthesised({ stage: 'production', ...issuer, consoleClientId: 'console' });
}, 240_000);

function consoleOf({ console }: SynthesisedStage): Template {
  if (!console) throw new Error('The stage has no console');
  return console;
}

type Behavior = {
  PathPattern?: string;
  TargetOriginId: string;
  AllowedMethods: string[];
  CachePolicyId: string;
  OriginRequestPolicyId?: string;
  ResponseHeadersPolicyId: { Ref: string };
  ViewerProtocolPolicy: string;
  FunctionAssociations?: unknown[];
};
type Origin = {
  Id: string;
  OriginAccessControlId?: unknown;
  CustomOriginConfig?: { OriginProtocolPolicy: string; OriginSSLProtocols: string[] };
};
type DistributionConfig = {
  Aliases?: string[];
  CacheBehaviors: Behavior[];
  CustomErrorResponses: Readonly<Record<string, unknown>>[];
  DefaultCacheBehavior: Behavior;
  HttpVersion: string;
  Logging: { Bucket: unknown; IncludeCookies?: boolean };
  Origins: Origin[];
  PriceClass: string;
  ViewerCertificate?: { AcmCertificateArn: string; MinimumProtocolVersion: string };
};

function distributionIn(template: Template): DistributionConfig {
  const [distribution] = resourcesOf(template, 'AWS::CloudFront::Distribution').values();
  // Safe: a distribution has this shape in a template.
  return distribution?.Properties.DistributionConfig as DistributionConfig;
}

/** The behaviours of the files, and those of the API, by their path patterns. */
function behaviorsIn(template: Template) {
  const { CacheBehaviors, DefaultCacheBehavior } = distributionIn(template);
  const behaviors = new Map([DefaultCacheBehavior, ...CacheBehaviors].map((one) => [one.PathPattern ?? '*', one]));
  const fileOrigin = DefaultCacheBehavior.TargetOriginId;
  return {
    files: new Map([...behaviors].filter(([, { TargetOriginId }]) => TargetOriginId === fileOrigin)),
    api: new Map([...behaviors].filter(([, { TargetOriginId }]) => TargetOriginId !== fileOrigin)),
  };
}

/** The text of a value of a template, with `<>` for each reference. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const join = (value as { 'Fn::Join'?: [string, unknown[]] } | undefined)?.['Fn::Join'];
  return join ? join[1].map(textOf).join(join[0]) : '<>';
}

/** The headers that a policy adds. */
function headersOf(template: Template, { ResponseHeadersPolicyId }: Behavior) {
  const policy = resourcesOf(template, 'AWS::CloudFront::ResponseHeadersPolicy').get(ResponseHeadersPolicyId.Ref);
  // Safe: a policy has this shape in a template.
  const { SecurityHeadersConfig: security = {}, CustomHeadersConfig: custom } = (policy?.Properties
    .ResponseHeadersPolicyConfig ?? {}) as {
    SecurityHeadersConfig?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    CustomHeadersConfig?: { Items: { Header: string; Value: string }[] };
  };
  return {
    security,
    csp: textOf(security.ContentSecurityPolicy?.ContentSecurityPolicy).split('; '),
    custom: Object.fromEntries(custom?.Items.map(({ Header, Value }) => [Header, Value]) ?? []),
  };
}

describe('the bucket with the console', () => {
  test('is private, accepts only TLS, and keeps replaced files for 30 days', () => {
    for (const { Properties } of resourcesOf(consoleOf(dev), 'AWS::S3::Bucket').values()) {
      expect(Properties.PublicAccessBlockConfiguration).toEqual({
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      });
    }
    const policies = [...resourcesOf(consoleOf(dev), 'AWS::S3::BucketPolicy').values()];
    expect(policies).toHaveLength(2);
    for (const { Properties } of policies) {
      expect(Properties.PolicyDocument).toMatchObject({
        Statement: expect.arrayContaining([
          expect.objectContaining({
            Action: 's3:*',
            Effect: 'Deny',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        ]),
      });
    }
    expectResource(consoleOf(dev), 'AWS::S3::Bucket', {
      Properties: {
        VersioningConfiguration: { Status: 'Enabled' },
        LifecycleConfiguration: { Rules: [{ NoncurrentVersionExpiration: { NoncurrentDays: 30 }, Status: 'Enabled' }] },
      },
    });
  });

  test('is read by this distribution only, with signed requests', () => {
    const readers = [...resourcesOf(consoleOf(dev), 'AWS::S3::BucketPolicy').values()].flatMap(({ Properties }) =>
      // Safe: a policy document in a template that the CDK wrote has a list of statements.
      (Properties.PolicyDocument as { Statement: { Action: unknown; Effect: string }[] }).Statement.filter(
        ({ Action, Effect }) => Effect === 'Allow' && [Action].flat().includes('s3:GetObject'),
      ),
    );
    expect(readers).toMatchObject([
      {
        Principal: { Service: 'cloudfront.amazonaws.com' },
        Condition: { StringEquals: { 'AWS:SourceArn': expect.anything() } },
      },
    ]);
    const { Origins, DefaultCacheBehavior } = distributionIn(consoleOf(dev));
    const files = Origins.find(({ Id }) => Id === DefaultCacheBehavior.TargetOriginId);
    expect(files?.OriginAccessControlId).toBeDefined();
    expectResource(consoleOf(dev), 'AWS::CloudFront::OriginAccessControl', {
      Properties: {
        OriginAccessControlConfig: {
          OriginAccessControlOriginType: 's3',
          SigningBehavior: 'always',
          SigningProtocol: 'sigv4',
        },
      },
    });
  });

  test('gets first the files that never change, which browsers cache for a year, and then those that name them', () => {
    const uploads = [...resourcesOf(consoleOf(dev), 'Custom::CDKBucketDeployment')];
    const [, assets] = uploads.find(([id]) => id.startsWith('ReleaseAssets')) ?? [];
    const [, pages] = uploads.find(([id]) => id.startsWith('ReleasePages')) ?? [];
    expect(uploads).toHaveLength(2);
    expect(assets?.Properties).toMatchObject({
      Exclude: ['*'],
      Include: ['assets/*'],
      // Pages that are open still load the files of the previous release.
      Prune: false,
      SystemMetadata: { 'cache-control': 'public, max-age=31536000, immutable' },
    });
    expect(pages?.Properties).toMatchObject({
      Exclude: ['assets/*'],
      SystemMetadata: { 'cache-control': 'no-cache' },
    });
    expect(pages?.DependsOn).toEqual(expect.arrayContaining([expect.stringMatching(/^ReleaseAssets/)]));
  });

  test("gets the configuration of the stage: the pool's client, and its endpoints", () => {
    const [[, pages] = []] = [...resourcesOf(consoleOf(dev), 'Custom::CDKBucketDeployment')].filter(([id]) =>
      id.startsWith('ReleasePages'),
    );
    const values = JSON.stringify(pages?.Properties.SourceMarkers);
    for (const part of ['ProviderURL', 'UsersPeople', 'UsersSignIn']) {
      expect(values).toContain(part);
    }
  });
});

describe('the distribution', () => {
  test('leads exactly the paths of the routes to the API, and others to the console', () => {
    const { files, api } = behaviorsIn(consoleOf(dev));
    expect([...files.keys()]).toEqual(['*', '/assets/*']);
    expect([...api.keys()].sort()).toEqual(['/docs', '/health', '/oauth2/*', '/openapi.json', '/v1/*']);
    const matches = (path: string) =>
      [...api.keys()].some((pattern) =>
        pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern,
      );
    for (const { path } of allRoutes) {
      expect({ path, isOfApi: matches(path) }).toEqual({ path, isOfApi: path !== '/' });
    }
  });

  test('sends requests to the API with all methods and headers, over TLS, and caches no response', () => {
    const { api } = behaviorsIn(consoleOf(dev));
    for (const behavior of api.values()) {
      expect(behavior).toMatchObject({
        AllowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'],
        // The managed policies CachingDisabled and AllViewerExceptHostHeader: Authorization, Idempotency-Key and If-Match arrive.
        // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
        CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
        OriginRequestPolicyId: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
        ViewerProtocolPolicy: 'https-only',
      });
      expect(behavior.FunctionAssociations).toBeUndefined();
    }
    const { Origins } = distributionIn(consoleOf(dev));
    const custom = Origins.flatMap(({ CustomOriginConfig }) => CustomOriginConfig ?? []);
    expect(custom).toMatchObject([{ OriginProtocolPolicy: 'https-only', OriginSSLProtocols: ['TLSv1.2'] }]);
  });

  test("leaves the API's errors as they are, and does not cache them for other callers", () => {
    const { CustomErrorResponses } = distributionIn(consoleOf(dev));
    expect(CustomErrorResponses).toEqual(
      [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504].map((ErrorCode) => ({
        ErrorCode,
        ErrorCachingMinTTL: 0,
      })),
    );
  });

  test('serves files with reads only, and pages by a function', () => {
    const { files } = behaviorsIn(consoleOf(dev));
    for (const behavior of files.values()) {
      expect(behavior).toMatchObject({ AllowedMethods: ['GET', 'HEAD'], ViewerProtocolPolicy: 'redirect-to-https' });
    }
    expect(files.get('*')?.FunctionAssociations).toHaveLength(1);
    expect(files.get('/assets/*')?.FunctionAssociations).toBeUndefined();
  });

  test('speaks HTTP/2 and HTTP/3, and logs each request without cookies for the time of the other logs', () => {
    const { HttpVersion, PriceClass, Logging } = distributionIn(consoleOf(withDomain));
    expect({ HttpVersion, PriceClass }).toEqual({ HttpVersion: 'http2and3', PriceClass: 'PriceClass_100' });
    expect(Logging.Bucket).toBeDefined();
    expect(Logging.IncludeCookies ?? false).toBe(false);
    expectResource(consoleOf(withDomain), 'AWS::S3::Bucket', {
      DeletionPolicy: 'RetainExceptOnCreate',
      Properties: { LifecycleConfiguration: { Rules: [{ ExpirationInDays: 365, Status: 'Enabled' }] } },
    });
  });

  test('has its own name, or a domain with a certificate and TLS 1.2', () => {
    expect(distributionIn(consoleOf(dev)).Aliases).toBeUndefined();
    expect(distributionIn(consoleOf(withDomain))).toMatchObject({
      Aliases: [domain],
      ViewerCertificate: { AcmCertificateArn: certificate, MinimumProtocolVersion: 'TLSv1.2_2021' },
    });
    expect(consoleOf(withDomain).Outputs?.ConsoleUrl).toEqual({ Value: `https://${domain}` });
    expect(JSON.stringify(consoleOf(dev).Outputs?.ConsoleUrl)).toContain('DomainName');
  });
});

describe('the headers', () => {
  test('of the console forbid everything but its own files, the API, and the sign-in domain', () => {
    const files = behaviorsIn(consoleOf(dev)).files;
    for (const behavior of files.values()) {
      const { csp, custom } = headersOf(consoleOf(dev), behavior);
      expect(csp).toEqual(
        expect.arrayContaining([
          "default-src 'none'",
          "script-src 'self'",
          "connect-src 'self' https://<>.auth.<>.amazoncognito.com",
          "base-uri 'none'",
          "frame-ancestors 'none'",
        ]),
      );
      expect(csp.filter((directive) => /script-src|default-src/.test(directive)).join()).not.toContain('unsafe');
      expect(custom).toMatchObject({
        'cross-origin-opener-policy': 'same-origin',
        'permissions-policy': expect.stringContaining('camera=()'),
      });
    }
  });

  test('of all responses require TLS for two years, and forbid frames, guesses of types, and referrers', () => {
    const { files, api } = behaviorsIn(consoleOf(dev));
    for (const behavior of [...files.values(), ...api.values()]) {
      expect(headersOf(consoleOf(dev), behavior).security).toMatchObject({
        ContentTypeOptions: { Override: true },
        FrameOptions: { FrameOption: 'DENY', Override: true },
        ReferrerPolicy: { ReferrerPolicy: 'no-referrer', Override: true },
        StrictTransportSecurity: { AccessControlMaxAgeSec: 63_072_000, IncludeSubdomains: true, Override: true },
      });
    }
  });

  test("of the API's data forbid rendering, and those of its reference page keep the policy that the API sends", () => {
    const { api } = behaviorsIn(consoleOf(dev));
    const cspOf = (pattern: string) => {
      const behavior = api.get(pattern);
      return behavior ? headersOf(consoleOf(dev), behavior).csp : [];
    };
    for (const pattern of ['/v1/*', '/health', '/openapi.json', '/oauth2/*']) {
      expect(cspOf(pattern)).toEqual(["default-src 'none'", "frame-ancestors 'none'"]);
    }
    const reference = api.get('/docs');
    expect(reference && headersOf(consoleOf(dev), reference).security).toMatchObject({
      ContentSecurityPolicy: { Override: false },
    });
  });
});

describe('the fallback', () => {
  type Handler = (event: { request: { uri: string } }) => { uri: string };
  const served = (uri: string) => {
    const handler: Handler = runInNewContext(`${pageFallback(['index.html', 'config.json', 'icon.svg'])}handler`);
    return handler({ request: { uri } }).uri;
  };

  test.each([
    '/',
    '/sims',
    '/sims/89430100000000018',
    '/users/anna@partner-connect.net',
    redirectPaths.signedIn,
    '/toString',
  ])('serves the console at %s', (uri) => {
    expect(served(uri)).toBe('/index.html');
  });

  test.each(['/index.html', '/config.json', '/icon.svg'])('serves the file %s', (uri) => {
    expect(served(uri)).toBe(uri);
  });

  test('knows the files in the root of the console', () => {
    const [fallback] = resourcesOf(consoleOf(dev), 'AWS::CloudFront::Function').values();
    expect(fallback?.Properties.FunctionCode).toBe(pageFallback(['config.json', 'icon.svg', 'index.html']));
  });
});

describe('the user pool', () => {
  const clientOf = ({ identity }: SynthesisedStage) =>
    [...resourcesOf(identity ?? { Resources: {} }, 'AWS::Cognito::UserPoolClient').values()].find(
      ({ Properties }) => Properties.GenerateSecret === false,
    )?.Properties;

  test('redirects users to the console once its address is known, and still to programs', () => {
    expect(clientOf(withDomain)).toMatchObject({
      CallbackURLs: ['http://localhost:8976/callback', `https://${domain}/signed-in`],
      LogoutURLs: [`https://${domain}/`],
    });
    expect(clientOf(dev)).toMatchObject({ CallbackURLs: ['http://localhost:8976/callback'] });
    expect(clientOf(dev)).not.toHaveProperty('LogoutURLs');
  });

  test('also redirects to the name that CloudFront has chosen, which needs no certificate', async () => {
    const stage = await synthesised({ consoleUrl: 'https://d111111abcdef8.cloudfront.net' });
    expect(clientOf(stage)).toMatchObject({ LogoutURLs: ['https://d111111abcdef8.cloudfront.net/'] });
    expect(distributionIn(consoleOf(stage)).Aliases).toBeUndefined();
  }, 180_000);
});

describe('another issuer', () => {
  test('signs users of the console in, if it has a client for it', () => {
    const { console, identity } = external;
    expect(identity).toBeUndefined();
    if (!console) throw new Error('The stage has no console');
    const [behavior] = behaviorsIn(console).files.values();
    if (!behavior) throw new Error('The console has no behaviour');
    expect(headersOf(console, behavior).csp).toContain("connect-src 'self' https://login.partner-connect.net");
  });

  test('without one has no console', async () => {
    expect((await synthesised({ stage: 'production', ...issuer })).console).toBeUndefined();
  }, 180_000);
});

test('the local cloud has no such stack', async () => {
  expect((await synthesised({ stage: 'local' })).console).toBeUndefined();
}, 180_000);

test('a console that is not built is refused with the command that builds it', () => {
  expect(() => rootFilesOf('/nowhere/dist')).toThrow(StageError);
  expect(() => rootFilesOf('/nowhere/dist')).toThrow('npm run build');
});

test('the patterns of the API follow from its paths', () => {
  expect(apiPatterns(['/', '/health', '/v1/sims', '/v1/sims/{iccid}', '/v2/sims'])).toEqual([
    '/health',
    '/v1/*',
    '/v2/*',
  ]);
});

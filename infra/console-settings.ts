import { DEFAULT_SCOPE } from '../console/configuration.ts';
import { StageError } from './stage-error.ts';

/** How a stage serves the console. */
export type ConsoleSettings = {
  /** Its domain, with a certificate in us-east-1. Without one, CloudFront chooses the name of the distribution when it creates it. */
  domain?: { name: string; certificateArn: string };
  /** The console's client at an external issuer. */
  client?: { id: string; scope: string };
};

/** The context keys (`-c`) of the settings. */
export const consoleOptions = ['consoleCertificateArn', 'consoleClientId', 'consoleScope'] as const;

/**
 * The settings of the console from the context, or undefined when the stage has none: with an external issuer, it needs a client there.
 *
 * @throws StageError when options are invalid or incomplete
 */
export function consoleFrom(
  option: (key: (typeof consoleOptions)[number]) => string | undefined,
  { hasExternalIssuer, consoleUrl }: { hasExternalIssuer: boolean; consoleUrl: string | undefined },
): ConsoleSettings | undefined {
  const id = option('consoleClientId');
  const scope = option('consoleScope');
  const certificateArn = option('consoleCertificateArn');
  const domain = certificateArn === undefined ? {} : { domain: domainFrom(consoleUrl, certificateArn) };
  if (!hasExternalIssuer) {
    if (id === undefined && scope === undefined) return domain;
    throw new StageError('-c consoleClientId= and -c consoleScope= are for another issuer: -c issuer=...');
  }
  if (id !== undefined) return { ...domain, client: { id, scope: scope ?? DEFAULT_SCOPE } };
  if (certificateArn === undefined && scope === undefined) return undefined;
  throw new StageError('With another issuer, the console needs its client there: -c consoleClientId=...');
}

/** CloudFront requires certificates of this region. */
const certificatePattern = /^arn:aws[a-z-]*:acm:us-east-1:\d{12}:certificate\/\S+$/;

/** @throws StageError when one is invalid, or the address is more than a host name. */
function domainFrom(consoleUrl: string | undefined, certificateArn: string): ConsoleSettings['domain'] & object {
  const name = consoleUrl === undefined ? '' : new URL(consoleUrl).hostname;
  if (consoleUrl !== `https://${name}`) {
    throw new StageError(
      'A certificate of the console is for its address, without a port and a path: -c consoleUrl=https://console.example.net',
    );
  }
  if (!certificatePattern.test(certificateArn)) {
    throw new StageError(
      `"${certificateArn}" is not a certificate in us-east-1: -c consoleCertificateArn=arn:aws:acm:us-east-1:<account>:certificate/<id>`,
    );
  }
  return { name, certificateArn };
}

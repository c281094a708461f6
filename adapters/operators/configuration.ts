import { SecretsProvider } from '@aws-lambda-powertools/parameters/secrets';
import * as z from 'zod/mini';
import { OperatorUnavailable } from '../../domain/operator-port.ts';
import { clientTimeouts } from '../aws-clients.ts';
import { PLACEHOLDER_KEY } from './placeholder.ts';

let secrets: SecretsProvider | undefined;

/** A changed secret is noticed after this long. */
const CACHE_SECONDS = 300;

const operatorsConfigurationSchema = z.lazy(() =>
  z.record(
    z.string(),
    z.object({
      /** The operator's API, with or without a slash at its end. */
      baseUrl: z.pipe(
        z.url({ protocol: /^https?$/ }),
        z.transform((url) => url.replace(/\/+$/, '')),
      ),
      apiKey: z.string().check(z.minLength(1)),
      /** How many requests a second the operator takes, from all functions together; any number when left out. */
      requestsPerSecond: z.optional(z.int().check(z.positive())),
    }),
  ),
);

/** How to reach each operator, by operator id. Holds API keys: never to be logged. */
export type OperatorsConfiguration = z.output<typeof operatorsConfigurationSchema>;

/**
 * The operators' configuration from the secret whose name or ARN is in `OPERATORS_SECRET`, read again every five
 * minutes. Throws `OperatorUnavailable` when it cannot be read or is not as it should be: once it is mended, asking
 * again helps. Errors say where it is wrong and never what it holds.
 */
export async function operatorsConfiguration(): Promise<OperatorsConfiguration> {
  const name = process.env.OPERATORS_SECRET;
  if (name === undefined || name === '') {
    throw new OperatorUnavailable('OPERATORS_SECRET is not set: no operator can be reached');
  }
  let secret: unknown;
  try {
    secrets ??= new SecretsProvider({ clientConfig: clientTimeouts });
    secret = await secrets.get(name, { maxAge: CACHE_SECONDS });
  } catch (cause) {
    throw new OperatorUnavailable("The operators' secret cannot be read", { cause });
  }
  return parseOperatorsConfiguration(secret);
}

/**
 * The configuration in the text of the secret, without the placeholder of a new deployment: there, no operator is configured yet.
 *
 * @throws OperatorUnavailable when the text is not a configuration
 */
export function parseOperatorsConfiguration(secret: unknown): OperatorsConfiguration {
  const configuration = operatorsConfigurationSchema.safeParse(withoutPlaceholder(jsonIn(secret)));
  if (!configuration.success) {
    const places = configuration.error.issues.map(({ path, code }) => `/${path.join('/')} (${code})`);
    throw new OperatorUnavailable(`The operators' secret is not as it should be at ${places.join(', ')}`);
  }
  return configuration.data;
}

function withoutPlaceholder(configuration: unknown): unknown {
  if (typeof configuration !== 'object' || configuration === null || Array.isArray(configuration)) {
    return configuration;
  }
  return Object.fromEntries(Object.entries(configuration).filter(([key]) => key !== PLACEHOLDER_KEY));
}

/** Undefined when the text is not JSON: the parser's own error would quote the secret. */
function jsonIn(secret: unknown): unknown {
  try {
    return typeof secret === 'string' ? JSON.parse(secret) : undefined;
  } catch {
    return undefined;
  }
}

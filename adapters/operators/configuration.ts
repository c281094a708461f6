import { SecretsProvider } from '@aws-lambda-powertools/parameters/secrets';
import * as z from 'zod/mini';
import type { OperatorId } from '../../domain/ids.ts';
import { OperatorUnavailable } from '../../domain/operator-port.ts';
import { clientTimeouts } from '../aws-clients.ts';
import { PLACEHOLDER_KEY } from './placeholder.ts';

let secrets: SecretsProvider | undefined;

/** A changed secret takes effect after this time. */
const CACHE_SECONDS = 300;

const text = z.lazy(() => z.string().check(z.minLength(1)));

/** The headings of the columns of a usage file. Several columns of bytes are added. */
const usageColumnsSchema = z.lazy(() =>
  z.object({
    /** Ids of records that are unique for a SIM; by default the id of the file and the number of the row. */
    recordId: z.optional(text),
    iccid: text,
    at: text,
    bytes: z.union([text, z.array(text).check(z.minLength(1))]),
    network: text,
  }),
);

export type UsageColumns = z.output<typeof usageColumnsSchema>;

/** The credentials of a user of IoT Accelerator, and what its orders are charged to. */
const iotAcceleratorSchema = z.lazy(() =>
  z.object({
    clientId: text,
    username: text,
    password: text,
    companyId: text,
    /** Name the contract and the package that orders use, if the operator offers several. */
    serviceContract: z.optional(text),
    subscriptionPackage: z.optional(text),
    /** The headings of the operator's usage files; without them, usage has to be uploaded. */
    usageColumns: z.optional(usageColumnsSchema),
  }),
);

/** The credentials of a user of Control Center. */
const controlCenterSchema = z.lazy(() =>
  z.object({
    username: text,
    apiKey: text,
    /** The secret with which the operator signs its push messages; without one they are refused. */
    pushSecret: z.optional(text),
  }),
);

const operatorsConfigurationSchema = z.lazy(() =>
  z.record(
    z.string(),
    z
      .object({
        /** The URL of the operator's API, with or without a trailing slash. */
        baseUrl: z.pipe(
          z.url({ protocol: /^https?$/ }),
          z.transform((url) => url.replace(/\/+$/, '')),
        ),
        /** For platforms of the kind `sim-fulfilment`. */
        apiKey: z.optional(text),
        /** For platforms of the kind `iot-accelerator`. */
        iotAccelerator: z.optional(iotAcceleratorSchema),
        /** For platforms of the kind `control-center`. */
        controlCenter: z.optional(controlCenterSchema),
        /** The operator's rate limit, in requests per second of all functions together; unlimited when omitted. */
        requestsPerSecond: z.optional(z.int().check(z.positive())),
      })
      .check(
        z.refine(
          ({ apiKey, iotAccelerator, controlCenter }) =>
            [apiKey, iotAccelerator, controlCenter].some((credentials) => credentials !== undefined),
          { path: ['apiKey'] },
        ),
      ),
  ),
);

/** The connection of each operator, by operator id. Contains credentials: never log it. */
export type OperatorsConfiguration = z.output<typeof operatorsConfigurationSchema>;

/** The address and credentials of an operator. */
export type OperatorConnection = OperatorsConfiguration[string];

/**
 * The entry for every operator without an entry of its own. `{operatorId}` in its URL stands for the operator. The stand-in for
 * the operators uses it, so that an operator that is added at run time is simulated, too.
 */
export const ANY_OPERATOR = '*';

/** The connection to an operator; `undefined` when none is configured. */
export function connectionTo(
  operatorId: OperatorId,
  configuration: OperatorsConfiguration,
): OperatorConnection | undefined {
  const own = Object.hasOwn(configuration, operatorId) ? configuration[operatorId] : undefined;
  const shared = configuration[ANY_OPERATOR];
  return own ?? (shared && { ...shared, baseUrl: shared.baseUrl.replace('{operatorId}', operatorId) });
}

/**
 * Reads the operators' configuration from the secret whose name or ARN is in `OPERATORS_SECRET`, cached for five minutes. Errors
 * name the invalid place in the secret, never its content.
 *
 * @throws OperatorUnavailable when the secret cannot be read or is invalid. Callers retry until it is corrected.
 */
export async function operatorsConfiguration(): Promise<OperatorsConfiguration> {
  const name = process.env.OPERATORS_SECRET;
  if (name === undefined || name === '') {
    throw new OperatorUnavailable('OPERATORS_SECRET is not set, so no operator can be called');
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
 * Parses the secret. Ignores the placeholder of a new deployment, in which no operator is configured yet.
 *
 * @throws OperatorUnavailable when the secret is not a valid configuration.
 */
export function parseOperatorsConfiguration(secret: unknown): OperatorsConfiguration {
  const configuration = operatorsConfigurationSchema.safeParse(withoutPlaceholder(jsonIn(secret)));
  if (!configuration.success) {
    const places = configuration.error.issues.map(({ path, code }) => `/${path.join('/')} (${code})`);
    throw new OperatorUnavailable(`The operators' secret is invalid at ${places.join(', ')}`);
  }
  return configuration.data;
}

function withoutPlaceholder(configuration: unknown): unknown {
  if (typeof configuration !== 'object' || configuration === null || Array.isArray(configuration)) {
    return configuration;
  }
  return Object.fromEntries(Object.entries(configuration).filter(([key]) => key !== PLACEHOLDER_KEY));
}

/** `undefined` when the text is not JSON: the parser's error would quote the secret. */
function jsonIn(secret: unknown): unknown {
  try {
    return typeof secret === 'string' ? JSON.parse(secret) : undefined;
  } catch {
    return undefined;
  }
}

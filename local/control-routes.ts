import * as z from 'zod';
import { isOperatorId } from '../domain/operator.ts';
import { behaviourSchema, ownChangeSchema, shipmentSchema, usageSchema } from '../sandbox/behaviour.ts';
import type { Sandbox } from '../sandbox/main.ts';
import type { ScaledClock } from './clock.ts';
import type { PoolEmail } from './cognito/emails.ts';
import type { Failures } from './failures.ts';
import type { GatewayResponse } from './gateway/answer.ts';
import type { ControlRoutes } from './gateway/server.ts';
import type { Harsh } from './harsh/harsh-mode.ts';
import type { Issuer, TokenRequest } from './issuer.ts';
import type { Execution } from './step-functions/executions.ts';

const tokenSchema = z.strictObject({
  partnerId: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'up to 64 letters, digits, dots, dashes and underscores')
    .optional(),
  roles: z.array(z.string()),
  customerId: z.string().min(1).optional(),
  sub: z.string().min(1).max(200).optional(),
  expiresIn: z.number().optional().describe('Seconds of real time; negative for an expired token'),
});

const clockSchema = z.strictObject({
  now: z.iso.datetime({ offset: true }).optional().describe('Not before the current scaled time'),
  held: z.boolean().optional().describe('Whether the clock is stopped'),
});

const NO_OPERATOR = 'An operator has an id such as 3uk. GET /v1/operators lists the operators.';

const LOCAL_ROUTES =
  'The local routes are POST /_local/token, GET and PUT /_local/clock, PUT /_local/operators/{id}, ' +
  'POST /_local/operators/{id}/usage, POST /_local/operators/{id}/sims, POST /_local/operators/{id}/sims/{iccid}, ' +
  'GET /_local/emails, GET /_local/failures, GET /_local/executions, GET /_local/harsh and GET /_local/.well-known/jwks.json';

/**
 * The routes under `/_local/`, which the deployed system does not have: tokens, the clock, the operators' behaviour, emails to users,
 * failures, executions and faults.
 */
export function controlRoutes(cloud: {
  clock: ScaledClock;
  /** Runs the daily schedules now: the comparison of SIMs with their operators. */
  runDaily(): void;
  issuer: Issuer;
  sandbox: Sandbox | undefined;
  /** The emails of the user pool, newest first. */
  emails(): readonly PoolEmail[];
  failures: Failures;
  executions(): Execution[];
  tokenFor(request: TokenRequest): Promise<string>;
  harsh: Pick<Harsh, 'seed' | 'faults'> | undefined;
}): ControlRoutes {
  const { clock, issuer, sandbox, failures } = cloud;

  async function answer(method: string, path: string, body: Buffer): Promise<GatewayResponse> {
    const [area = '', id = ''] = path.slice('/_local/'.length).split('/');
    if (area === 'operators') {
      return answerOperators(method, path, body);
    }
    switch (`${method} ${area}`) {
      case 'POST token': {
        const request = read(tokenSchema, body);
        return request.ok ? json(200, { access_token: await cloud.tokenFor(request.value) }) : request.refusal;
      }
      case 'GET clock':
        return json(200, timeOf(clock));
      case 'PUT clock': {
        const change = read(clockSchema, body);
        if (!change.ok) {
          return change.refusal;
        }
        try {
          clock.set({ held: change.value.held, ...(change.value.now && { now: new Date(change.value.now) }) });
        } catch (error) {
          return problem(422, 'clock_went_back', error instanceof Error ? error.message : String(error));
        }
        return json(200, timeOf(clock));
      }
      case 'GET emails':
        return json(200, { items: cloud.emails() });
      case 'GET failures':
        return json(200, { items: failures.list() });
      case 'GET executions':
        return json(200, { items: cloud.executions().slice(0, 200) });
      case 'GET harsh':
        return cloud.harsh
          ? json(200, { seed: cloud.harsh.seed, faults: cloud.harsh.faults() })
          : problem(404, 'not_found', 'This cloud is not in harsh mode: start it with CLOUD=harsh');
      case 'GET .well-known':
        return id === 'jwks.json'
          ? json(200, issuer.jwks)
          : json(200, {
              issuer: issuer.issuer,
              jwks_uri: '/_local/.well-known/jwks.json',
              id_token_signing_alg_values_supported: ['RS256'],
              response_types_supported: ['token'],
              subject_types_supported: ['public'],
            });
      default:
        return problem(404, 'not_found', LOCAL_ROUTES);
    }
  }

  /** The control of the operators: their behaviour, and what they do by themselves. */
  async function answerOperators(method: string, path: string, body: Buffer): Promise<GatewayResponse> {
    const [id = '', what = '', iccid = ''] = path.slice('/_local/operators/'.length).split('/');
    if (!sandbox || !isOperatorId(id)) {
      return problem(404, 'not_found', NO_OPERATOR);
    }
    switch ([method, what, iccid && '{iccid}'].filter(Boolean).join(' ')) {
      case 'PUT': {
        const behaviour = read(behaviourSchema, body);
        if (!behaviour.ok) {
          return behaviour.refusal;
        }
        sandbox.behave(id, behaviour.value);
        return json(200, behaviour.value);
      }
      case 'POST usage': {
        const usage = read(usageSchema, body);
        if (!usage.ok) {
          return usage.refusal;
        }
        sandbox.recordUsage(id, usage.value);
        return json(202, usage.value);
      }
      case 'POST sims': {
        const shipment = read(shipmentSchema, body);
        if (!shipment.ok) {
          return shipment.refusal;
        }
        const { status, headers = {}, body: list } = sandbox.shipSims(id, shipment.value.quantity);
        return typeof list === 'string' ? { status, headers, body: list } : json(status, list);
      }
      case 'POST sims {iccid}': {
        const change = read(ownChangeSchema, body);
        if (!change.ok) {
          return change.refusal;
        }
        if (!sandbox.changeSim(id, iccid, change.value)) {
          return problem(404, 'not_found', 'The operator has no SIM with this ICCID.');
        }
        cloud.runDaily();
        return json(200, { iccid, ...change.value });
      }
      default:
        return problem(404, 'not_found', LOCAL_ROUTES);
    }
  }

  return ({ method, path, body }) => answer(method, path, body);
}

function timeOf(clock: ScaledClock) {
  return { now: clock.now().toISOString(), dayMs: clock.dayMs, held: clock.isHeld() };
}

type ParseResult<Value> = { ok: true; value: Value } | { ok: false; refusal: GatewayResponse };

function read<Schema extends z.ZodType>(schema: Schema, body: Buffer): ParseResult<z.output<Schema>> {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8') || '{}');
  } catch {
    return { ok: false, refusal: problem(400, 'invalid_json', 'The body is not JSON') };
  }
  const parsed = schema.safeParse(value);
  return parsed.success
    ? { ok: true, value: parsed.data }
    : { ok: false, refusal: problem(422, 'invalid_input', z.prettifyError(parsed.error)) };
}

function json(status: number, value: unknown): GatewayResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

function problem(status: number, code: string, detail: string): GatewayResponse {
  const body = { type: `/docs#${code}`, title: code.replaceAll('_', ' '), status, detail };
  return { status, headers: { 'content-type': 'application/problem+json' }, body: JSON.stringify(body) };
}

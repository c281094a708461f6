import * as z from 'zod/mini';
import { described } from '../../domain/described.ts';
import { receivePush } from '../../use-cases/operators/receive-push.ts';
import { createApiHandler } from '../http/create-api-handler.ts';
import { FORM, route } from '../http/route.ts';

/** Far more than a message about a SIM has. */
const MAX_DATA = 64 * 1024;

const text = (max: number) => z.optional(z.string().check(z.maxLength(max)));

/** Operators evaluate the status only. */
const received = z.lazy(() => z.strictObject({}).register(z.globalRegistry, { example: {} }));

/** Messages of operators about their SIMs. */
export const routes = [
  route({
    method: 'POST',
    path: '/v1/operators/{id}/push',
    operationId: 'receiveOperatorPush',
    access: 'public',
    tag: 'Platform',
    summary: 'Receive a push message of an operator',
    description:
      'For operators on Control Center: the address for its automation rules. The message is a hint that something about a SIM has changed. If a change of the SIM is pending, the SIM is read at the operator; nothing that the message says is stored. Responds with 403 unless the operator signed the timestamp with the secret that it shares with the platform, and the timestamp is at most an hour away.',
    // Other fields are ignored: the operator can add some at any time.
    body: () =>
      z.object({
        eventId: text(200),
        eventType: text(200),
        timestamp: described(text(100), 'RFC 3339.'),
        signature2: described(text(200), 'HMAC-SHA-256 of `timestamp` with the shared secret, in base64.'),
        data: described(text(MAX_DATA), 'XML or JSON that names the SIM by its ICCID.'),
      }),
    bodyType: FORM,
    example: {
      eventId: 'SIM_STATE_CHANGE-1',
      eventType: 'SIM_STATE_CHANGE',
      timestamp: '2026-03-02T10:15:00Z',
      signature2: 'I//3fCffi8kbujCo9AzChVqycaxV+dPyV1Vh7PPGw9U=',
      data: '{"iccid":"8944200000000000017"}',
    },
    answers: { 200: received },
    handle: async ({ path: { id }, body, now }) => {
      await receivePush(id, body, now);
      return { status: 200, body: {} };
    },
  }),
];

export const handler = createApiHandler(routes);

import * as z from 'zod/mini';
import { showUsageFile, usageFileSchema } from '../../contract/usage.ts';
import { described } from '../../domain/described.ts';
import { recordBytes, usageRecordFields } from '../../domain/usage-record.ts';
import { receivePush } from '../../use-cases/operators/receive-push.ts';
import { readOperator } from '../../use-cases/services/read-catalogue.ts';
import { countUsageFile } from '../../use-cases/usage/count-usage-file.ts';
import { createApiHandler } from '../http/create-api-handler.ts';
import { FORM, route } from '../http/route.ts';
import { connectivityRoutes } from './connectivity.ts';
import { differenceRoutes } from './differences.ts';

/** With a different SIM in each row, this many rows take half of the time that API Gateway allows. */
const MAX_ROWS = 5000;

/** The same fields as operators' usage records. Numbers are text in cells. */
const usageFile = () =>
  z
    .array(
      z.strictObject({
        ...usageRecordFields(),
        // A number represents fifteen digits exactly.
        bytes: z.pipe(
          z.pipe(
            z.string().check(z.regex(/^\d{1,15}$/, 'must be a whole number of bytes with at most 15 digits')),
            z.transform(Number),
          ),
          recordBytes(),
        ),
      }),
    )
    .check(z.maxLength(MAX_ROWS));

/** Far more than a message about a SIM has. */
const MAX_DATA = 64 * 1024;

const text = (max: number) => z.optional(z.string().check(z.maxLength(max)));

/** Operators evaluate the status only. */
const received = z.lazy(() => z.strictObject({}).register(z.globalRegistry, { example: {} }));

/** What operators report without being asked: usage in files, which the platform's staff upload, and push messages. */
const reportRoutes = [
  route({
    method: 'POST',
    path: '/v1/platform/operators/{operatorId}/usage',
    operationId: 'uploadUsageFile',
    access: 'platform',
    tag: 'Platform',
    summary: 'Upload usage records of an operator',
    description: `Accepts up to ${MAX_ROWS} rows and 1 MiB. If any row cannot be read, nothing is counted; \`/rows/0\` is the row after the header row. Rows that can be read but not counted are listed in \`errors\`. Each record counts once, even if it arrived before, so a file can be sent again. A record dated exactly at the start of a month counts for the previous month, in which the data was used.`,
    body: usageFile,
    bodyType: 'text/csv',
    example: [
      {
        recordId: 'a1-2026-03-02-10-0001',
        iccid: '8944200000000000017',
        at: '2026-03-02T10:59:59Z',
        bytes: '12345678',
        network: '23201',
      },
    ],
    answers: { 200: usageFileSchema },
    handle: async ({ path: { operatorId }, body, now }) => {
      const operator = await readOperator(operatorId);
      const { rejected } = await countUsageFile(operator, body, now);
      return { status: 200, body: showUsageFile(body, rejected) };
    },
  }),
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

/** What operators report, by themselves and on request, and what differs from it. */
export const routes = [...reportRoutes, ...differenceRoutes, ...connectivityRoutes];

export const handler = createApiHandler(routes);

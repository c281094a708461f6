import * as z from 'zod/mini';
import { isOperatorId } from '../../domain/operator.ts';
import { usageRecordFields } from '../../domain/usage-record.ts';
import { takeInUsage } from '../count-usage.ts';
import { notFound } from '../http/problem.ts';
import { route } from '../http/route.ts';
import { serve } from '../http/serve.ts';
import { usageFileSchema } from './representations.ts';

/**
 * Of as many SIMs, each of which is read with what it used in the month, so many rows take half of the time for which API
 * Gateway waits.
 */
const MOST_ROWS = 5000;

/** What the collector takes from an operator, in cells: a number is text there. */
const usageFile = z.lazy(() =>
  z
    .array(
      z.strictObject({
        ...usageRecordFields(),
        // Fifteen digits: a number holds them exactly.
        bytes: z.pipe(
          z.string().check(z.regex(/^\d{1,15}$/, 'must be a whole number of bytes with at most 15 digits')),
          z.transform(Number),
        ),
      }),
    )
    .check(z.maxLength(MOST_ROWS)),
);

/** Usage that comes as a file: what an operator could not tell otherwise, or told wrongly. */
export const routes = [
  route({
    method: 'POST',
    path: '/v1/platform/operators/{operatorId}/usage',
    operationId: 'uploadUsageFile',
    access: 'platform',
    tag: 'Platform',
    summary: 'Upload usage records of an operator',
    description: `Accepts up to ${MOST_ROWS} rows and 1 MiB. If any row is invalid, nothing is counted; \`/rows/0\` is the row after the header row. Each record counts once, however it arrived before, so a file can be sent again.`,
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
      if (!isOperatorId(operatorId)) {
        throw notFound('operator', operatorId);
      }
      const taken = await takeInUsage(operatorId, body, now);
      return { status: 200, body: usageFileSchema.parse({ records: body.length, ...taken }) };
    },
  }),
];

export const handler = serve(routes);

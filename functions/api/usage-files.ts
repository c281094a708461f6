import * as z from 'zod/mini';
import { showUsageFile, usageFileSchema } from '../../contract/usage.ts';
import { recordBytes, usageRecordFields } from '../../domain/usage-record.ts';
import { readOperator } from '../../use-cases/services/read-catalogue.ts';
import { countUsageFile } from '../../use-cases/usage/count-usage-file.ts';
import { createApiHandler } from '../http/create-api-handler.ts';
import { route } from '../http/route.ts';

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

/** Uploads of usage records that an operator could not report otherwise, or reported incorrectly. */
export const routes = [
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
];

export const handler = createApiHandler(routes);

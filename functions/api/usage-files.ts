import * as z from 'zod/mini';
import { usageFileSchema } from '../../contract/usage.ts';
import { isIccid } from '../../domain/iccid.ts';
import { isOperatorId } from '../../domain/operator.ts';
import { recordBytes, type UsageRecord, usageRecordFields } from '../../domain/usage-record.ts';
import { notFound } from '../../use-cases/refusal.ts';
import { type Intake, ingestUsage, type Rejection } from '../../use-cases/usage/count-usage.ts';
import { createApiHandler } from '../http/create-api-handler.ts';
import { route } from '../http/route.ts';

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
          z.pipe(
            z.string().check(z.regex(/^\d{1,15}$/, 'must be a whole number of bytes with at most 15 digits')),
            z.transform(Number),
          ),
          recordBytes(),
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
    description: `Accepts up to ${MOST_ROWS} rows and 1 MiB. If any row cannot be read, nothing is counted; \`/rows/0\` is the row after the header row. Rows that can be read but not counted are listed in \`errors\`. Each record counts once, however it arrived before, so a file can be sent again. A record dated exactly at the first moment of a month counts for the month before, in which the data was used.`,
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
      const { rejected } = await ingestUsage(operatorId, body, now);
      return { status: 200, body: usageFileSchema.parse(answerOf(body, rejected)) };
    },
  }),
];

function answerOf(records: readonly UsageRecord[], rejected: Intake['rejected']) {
  const numbers: Record<Rejection, number> = {
    ownerless: 0,
    untimely: 0,
    otherOperator: 0,
    conflicting: 0,
    setAside: 0,
  };
  for (const reason of rejected.values()) {
    numbers[reason] += 1;
  }
  const errors = records.flatMap((record, place) => {
    const reason = rejected.get(record);
    const { recordId, iccid } = record;
    return reason === undefined ? [] : [{ row: place + FIRST_ROW, recordId, iccid, ...problemOf(reason, iccid) }];
  });
  return { records: records.length, counted: records.length - rejected.size, ...numbers, errors };
}

/** The header row is the first row of a file. */
const FIRST_ROW = 2;

function problemOf(reason: Rejection, iccid: string): { code: string; message: string } {
  switch (reason) {
    case 'ownerless':
      return isIccid(iccid)
        ? { code: 'unknown_sim', message: 'No partner has this SIM.' }
        : { code: 'invalid_iccid', message: 'This is not an ICCID: the number of digits or the check digit is wrong.' };
    case 'untimely':
      return { code: 'untimely', message: 'The record is more than 90 days old, or of the future.' };
    case 'otherOperator':
      return { code: 'other_operator', message: 'The SIM belongs to another operator.' };
    case 'conflicting':
      return {
        code: 'conflicting_record',
        message: 'The SIM has a record of the same recordId with other bytes or another network: that one stands.',
      };
    case 'setAside':
      return { code: 'set_aside', message: 'Counting the record failed: it is kept until the platform redrives it.' };
  }
}

export const handler = createApiHandler(routes);

import * as z from 'zod/mini';
import type { DeadLetter, FailedWork } from '../domain/dead-letter.ts';
import { described } from '../domain/described.ts';
import { id, namedSchema, showAs, time } from './fields.ts';

export const deadLetterSchema = namedSchema('DeadLetter', () =>
  z.object({
    id,
    kind: z.enum(['order', 'operation', 'delivery', 'due', 'usage', 'alarm']),
    partnerId: z.optional(z.string()),
    subject: described(
      z.string(),
      'Id of the order, operation, delivery or alarm, key of the scheduled item, or operator of the usage records.',
    ),
    error: z.string(),
    at: time,
    records: described(z.optional(z.string()), 'Usage records as the operator sent them, a JSON list.'),
  }),
);

export const showDeadLetter = ({ id, work, error, at }: DeadLetter) =>
  showAs(deadLetterSchema, {
    id,
    kind: work.kind,
    subject: subjectOf(work),
    ...('partnerId' in work ? { partnerId: work.partnerId } : {}),
    ...('records' in work ? { records: work.records } : {}),
    error,
    at,
  });

function subjectOf(work: FailedWork): string {
  switch (work.kind) {
    case 'due':
      return `${work.key.pk} ${work.key.sk}`;
    case 'usage':
      return work.operatorId;
    case 'order':
    case 'operation':
    case 'delivery':
    case 'alarm':
      return work.id;
  }
}

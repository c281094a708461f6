import * as z from 'zod/mini';
import { type LeftOutSim, normalizeDeliveredSim } from '../../domain/delivered-sim.ts';
import { type CheckDigitRule, isIccid } from '../../domain/iccid.ts';
import type { DeliveredSim } from '../../domain/operator-port.ts';

type ListedSims = { sims: DeliveredSim[]; leftOut: LeftOutSim[] };

/**
 * A list of delivered SIMs, each once. An unreadable SIM is left out and reported: it would not be readable the next time either,
 * and would block the order. A delivery whose first page has no readable SIM is rejected as a whole.
 */
export function deliveredSimsSchema(checkDigit: CheckDigitRule, isFirstPage: boolean) {
  return z.pipe(
    z.array(z.unknown()),
    z.transform((listed, context): ListedSims => {
      const read = readDeliveredSims(listed, checkDigit);
      const [first] = read.leftOut;
      if (isFirstPage && first && read.sims.length === 0) {
        context.issues.push({ code: 'custom', path: [0], message: first.problem, input: listed });
      }
      return read;
    }),
  );
}

const deliveredSimSchema = (checkDigit: CheckDigitRule) =>
  z.object({
    iccid: z.string().check(z.refine((iccid) => isIccid(iccid, checkDigit), 'not an ICCID')),
    imsi: z.string().check(z.regex(/^\d{14,15}$/, 'not an IMSI')),
    msisdn: z.exactOptional(z.string().check(z.regex(/^\+[1-9]\d{6,14}$/, 'not an E.164 number'))),
  });

/** A SIM that is listed twice counts once. One that is listed with two IMSIs is ambiguous and left out. */
function readDeliveredSims(listed: readonly unknown[], checkDigit: CheckDigitRule): ListedSims {
  const schema = deliveredSimSchema(checkDigit);
  const sims = new Map<string, DeliveredSim>();
  const leftOut = new Map<string, string>();
  for (const [place, entry] of listed.entries()) {
    const { data, error } = schema.safeParse(normalizeDeliveredSim(entry));
    if (!data) {
      const [issue] = error.issues;
      leftOut.set(nameOf(entry, place), [...(issue?.path ?? []), issue?.message].join(': '));
    } else if ((sims.get(data.iccid)?.imsi ?? data.imsi) !== data.imsi) {
      leftOut.set(data.iccid, 'listed with two IMSIs');
    } else {
      sims.set(data.iccid, sims.get(data.iccid) ?? data);
    }
  }
  return {
    sims: [...sims.values()].filter(({ iccid }) => !leftOut.has(iccid)),
    leftOut: [...leftOut].map(([name, problem]) => ({ name, problem })),
  };
}

/** The ICCID in an unreadable entry, if it has one; otherwise its position in the page. */
export function nameOf(entry: unknown, place: number): string {
  const { iccid }: { iccid?: unknown } = Object(entry);
  return typeof iccid === 'string' && /^[\x21-\x7e]{1,40}$/.test(iccid) ? iccid : `entry ${place + 1}`;
}

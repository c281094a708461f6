/**
 * Normalises a delivered SIM as its operator lists it: removes the `F` that pads an ICCID to whole bytes, writes phone
 * numbers in E.164 with `+`, and removes empty numbers. Leaves other irregularities for the schema to reject.
 */
export function normalizeDeliveredSim(listed: unknown): unknown {
  if (typeof listed !== 'object' || listed === null) {
    return listed;
  }
  const { iccid, msisdn, ...rest }: { iccid?: unknown; msisdn?: unknown } = listed;
  const number =
    typeof msisdn === 'string' || typeof msisdn === 'number' ? normalizeMsisdn(String(msisdn)) : (msisdn ?? undefined);
  return {
    ...rest,
    ...(iccid === undefined ? {} : { iccid: typeof iccid === 'string' ? normalizeIccid(iccid) : iccid }),
    ...(number === undefined ? {} : { msisdn: number }),
  };
}

/** Removes blanks around an ICCID and the `F` that pads it to whole bytes. */
export function normalizeIccid(iccid: string): string {
  return iccid.trim().replace(/f+$/i, '');
}

/** A phone number with `+` and without separators; `undefined` when it is empty. */
export function normalizeMsisdn(msisdn: string | undefined): string | undefined {
  // Not a separator: a decimal of a spreadsheet, or the trunk prefix of national calls.
  if (/\.0+$|\(0\)/.test(msisdn ?? '')) {
    return msisdn;
  }
  const digits = (msisdn ?? '').replace(/[\s().-]/g, '').replace(/^(\+|00)/, '');
  return digits === '' ? undefined : `+${digits}`;
}

/** A SIM of a delivery that cannot be received: how its operator identifies it, and why. */
export type LeftOutSim = { name: string; problem: string };

const MAX_NAMED_SIMS = 20;

/** Describes the SIMs that a delivery leaves out. Names the first 20 of them. */
export function describeLeftOut(sims: readonly LeftOutSim[]): string {
  const named = sims.slice(0, MAX_NAMED_SIMS).map(({ name, problem }) => `${name} (${problem})`);
  const more = sims.length > MAX_NAMED_SIMS ? ` and ${sims.length - MAX_NAMED_SIMS} more` : '';
  return `${sims.length} ${sims.length === 1 ? 'SIM' : 'SIMs'} of the delivery could not be read and ${
    sims.length === 1 ? 'was' : 'were'
  } left out: ${named.join(', ')}${more}.`;
}

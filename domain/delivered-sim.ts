/**
 * A delivered SIM as its operator lists it, in the form that the system keeps: ICCIDs lose the `F` that pads them to whole
 * bytes, phone numbers are written as E.164 has them, with `+`, and an empty number is none. What is still odd is left
 * as it is, for the schema to refuse.
 */
export function tidyDeliveredSim(listed: unknown): unknown {
  if (typeof listed !== 'object' || listed === null) {
    return listed;
  }
  const { iccid, msisdn, ...rest }: { iccid?: unknown; msisdn?: unknown } = listed;
  const number = tidyMsisdn(msisdn);
  return {
    ...rest,
    ...(iccid === undefined ? {} : { iccid: tidyIccid(iccid) }),
    ...(number === undefined ? {} : { msisdn: number }),
  };
}

function tidyIccid(iccid: unknown): unknown {
  return typeof iccid === 'string' ? iccid.trim().replace(/f$/i, '') : iccid;
}

function tidyMsisdn(msisdn: unknown): unknown {
  if (msisdn === undefined || msisdn === null) {
    return undefined;
  }
  if (typeof msisdn !== 'string' && typeof msisdn !== 'number') {
    return msisdn;
  }
  const digits = String(msisdn)
    .replace(/[\s().-]/g, '')
    .replace(/^(\+|00)/, '');
  return digits === '' ? undefined : `+${digits}`;
}

/** A SIM of a delivery that cannot be taken into stock: how its operator names it, and why. */
export type LeftOutSim = { name: string; problem: string };

const MAX_NAMED = 20;

/** The SIMs that a delivery leaves out, in words; of many the first are named. */
export function describeLeftOut(sims: readonly LeftOutSim[]): string {
  const named = sims.slice(0, MAX_NAMED).map(({ name, problem }) => `${name} (${problem})`);
  const more = sims.length > MAX_NAMED ? ` and ${sims.length - MAX_NAMED} more` : '';
  return `${sims.length} ${sims.length === 1 ? 'SIM' : 'SIMs'} of the delivery could not be read and ${
    sims.length === 1 ? 'was' : 'were'
  } left out: ${named.join(', ')}${more}.`;
}

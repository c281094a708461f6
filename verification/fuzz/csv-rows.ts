import fc from 'fast-check';
import { mark } from './things.ts';
import { thing } from './valid-values.ts';

/*
 * Rows of files that mostly make sense. Their schemas allow any text in a cell, because a bad cell is an error of its row, so that
 * values generated from the schemas alone would never load a SIM.
 */

const MAX_ROWS = 6;

/** An ICCID that no SIM had before the campaign, with its check digit. */
const newIccid = fc.nat(10 ** 9).map((n) => withCheckDigit(`8988${String(n).padStart(14, '0')}`));
const iccid = fc.oneof({ weight: 6, arbitrary: newIccid }, { weight: 2, arbitrary: thing('sim') });
const digits = (min: number, max = min) => fc.stringMatching(new RegExp(`^[1-9][0-9]{${min - 1},${max - 1}}$`));
/** A cell that is mostly empty. */
const seldom = (cell: fc.Arbitrary<string>) => fc.option(cell, { freq: 1, nil: '' });

const numbers = {
  imsi: seldom(digits(15)),
  msisdn: seldom(digits(9, 12).map((number) => `+${number}`)),
  imei: seldom(digits(15)),
  eid: seldom(digits(32)),
};

const label = seldom(fc.constantFrom('Meter 17', 'Gate', '\u00e9t\u00e9', 'x'.repeat(60)));
const tags = seldom(fc.constantFrom('north', 'north;outdoor', ';'));

const manifest = fc.record({ iccid, ...numbers });

const labels = fc.record({
  iccid: fc.oneof({ weight: 6, arbitrary: thing('sim') }, { weight: 1, arbitrary: newIccid }),
  label,
  tags,
  'field:site': seldom(fc.constantFrom('Leeds 4', 'x'.repeat(60))),
});

/** SIMs in any state, with the services and the customer that the state needs. */
const fleet = fc
  .record({
    iccid,
    ...numbers,
    state: fc.constantFrom('in_holding', 'in_stock', 'assigned', 'active', 'suspended'),
    label,
    tags,
    partnerService: fc.nat(99),
    served: fc.nat(99),
    activatedAt: seldom(fc.constantFrom('2025-04-01', '2025-04-01T08:00:00Z', '2025-04-01T08:00:00+02:00')),
  })
  .map(({ partnerService, served, activatedAt, ...row }) => ({
    ...row,
    ...(row.state === 'in_holding' ? {} : { partnerService: mark('partnerService', partnerService) }),
    ...(['assigned', 'active', 'suspended'].includes(row.state)
      ? { customer: mark('servedCustomer', served), customerService: mark('serviceOfServed', served) }
      : {}),
    ...(['active', 'suspended'].includes(row.state) ? { activatedAt } : {}),
  }));

const rowsByPath: Readonly<Record<string, fc.Arbitrary<object>>> = {
  '/v1/platform/partners/{partnerId}/orders/{orderId}/sims': manifest,
  '/v1/platform/partners/{partnerId}/imports': fleet,
  '/v1/sims/labels': labels,
};

/** The rows of a route's files; `undefined` for a route whose schema says enough. */
export function rowsOf(path: string): fc.Arbitrary<object[]> | undefined {
  const row = rowsByPath[path];
  return row && fc.array(row, { minLength: 1, maxLength: MAX_ROWS });
}

/** Appends the check digit of ISO/IEC 7812-1. */
export function withCheckDigit(body: string): string {
  const sum = [...body].reverse().reduce((total, digit, place) => {
    const weighted = Number(digit) * (place % 2 === 0 ? 2 : 1);
    return total + Math.floor(weighted / 10) + (weighted % 10);
  }, 0);
  return `${body}${(10 - (sum % 10)) % 10}`;
}

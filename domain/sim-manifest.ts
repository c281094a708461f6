import { normalizeIccid, normalizeMsisdn } from './delivered-sim.ts';
import { type CheckDigitRule, type Iccid, iccidProblem, isIccid } from './iccid.ts';

/** A row of a list of SIMs in a file. Empty cells are absent. */
export type SimRow = {
  iccid?: string | undefined;
  imsi?: string | undefined;
  msisdn?: string | undefined;
  imei?: string | undefined;
  eid?: string | undefined;
};

/** The numbers of a SIM as its operator lists them. */
export type ListedSim = { iccid: Iccid; imsi?: string; msisdn?: string; imei?: string; eid?: string };

/** Why a row was not loaded. `row` counts as spreadsheets do: 2 is the row after the header row. */
export type RowError = { row: number; iccid?: string; code: string; message: string };

/** What became of the rows of a file; for a dry run, what would become of them. */
export type LoadedFile = {
  rows: number;
  loaded: number;
  /** Rows that an earlier file has loaded. */
  alreadyLoaded: number;
  rejected: number;
  errors: readonly RowError[];
};

/** The rule that a row violates, with the expected value. */
export type RowProblem = Pick<RowError, 'code' | 'message'>;

/** A row that can be loaded. */
export type LoadableRow = { row: number; sim: ListedSim };

/** The error of a row, for a rule that needs more than the row itself. */
export const rowError =
  (code: string, message: string) =>
  ({ row, sim: { iccid } }: { row: number; sim: { iccid: string } }): RowError => ({ row, iccid, code, message });

/** Why a row was left out that has no error of its own. */
export const notProcessed: RowProblem = {
  code: 'not_processed',
  message: 'There was no time for this row. Send the file again.',
};

/** The result of a file: each row is loaded, was loaded before, or has an error. */
export function loadedFile(rows: number, alreadyLoaded: number, errors: readonly RowError[]): LoadedFile {
  return {
    rows,
    loaded: rows - alreadyLoaded - errors.length,
    alreadyLoaded,
    rejected: errors.length,
    errors: [...errors].sort((one, other) => one.row - other.row),
  };
}

/** The number of the first row after the header row. */
export const FIRST_ROW = 2;

/** The rows of a file that can be loaded, and the errors of the others. */
export function readSimRows(
  rows: readonly SimRow[],
  rule: CheckDigitRule,
): { loadable: LoadableRow[]; errors: RowError[] } {
  const isRoundedFile = wereRounded(rows);
  const { read, errors } = readRows(rows, (cells) => readSimRow(cells, rule, isRoundedFile));
  return { loadable: read.map(({ row, value: sim }) => ({ row, sim })), errors };
}

/** The values of the rows of a file, and the errors of the others. An ICCID counts once per file. */
export function readRows<Cells extends Pick<SimRow, 'iccid'>, Value extends { iccid: string }>(
  rows: readonly Cells[],
  readRow: (cells: Cells) => Value | RowProblem,
): { read: { row: number; value: Value }[]; errors: RowError[] } {
  const read: { row: number; value: Value }[] = [];
  const errors: RowError[] = [];
  const rowOf = new Map<string, number>();
  for (const [index, cells] of rows.entries()) {
    const row = index + FIRST_ROW;
    const value = readRow(cells);
    const first = 'iccid' in value ? rowOf.get(value.iccid) : undefined;
    if ('code' in value) {
      errors.push({ row, ...(cells.iccid === undefined ? {} : { iccid: cells.iccid }), ...value });
    } else if (first !== undefined) {
      const message = `Row ${first} has the same ICCID. Keep one of the two.`;
      errors.push({ row, iccid: value.iccid, code: 'duplicate_in_file', message });
    } else {
      rowOf.set(value.iccid, row);
      read.push({ row, value });
    }
  }
  return { read, errors };
}

/** The SIM in a row, or the first rule that it violates, with the expected format. */
function readSimRow(cells: SimRow, rule: CheckDigitRule, isRoundedFile: boolean): ListedSim | RowProblem {
  const iccid = normalizeIccid(cells.iccid ?? '');
  if (!isIccid(iccid, rule) || (isRoundedFile && isRounded(iccid))) {
    const damage = spreadsheetDamage(iccid);
    return { code: 'invalid_iccid', message: `iccid: ${damage ?? iccidProblem(iccid, rule)}.` };
  }
  const imsi = cells.imsi?.trim();
  if (imsi !== undefined && !/^\d{14,15}$/.test(imsi)) {
    return { code: 'invalid_imsi', message: `imsi: ${numberProblem(imsi, 'an IMSI has 14 or 15 digits')}.` };
  }
  const msisdn = normalizeMsisdn(cells.msisdn);
  if (msisdn !== undefined && !/^\+[1-9]\d{6,14}$/.test(msisdn)) {
    const rightly = 'a phone number has a country code and 7 to 15 digits, such as +447700900123';
    return { code: 'invalid_msisdn', message: `msisdn: ${numberProblem(cells.msisdn ?? '', rightly)}.` };
  }
  const imei = cells.imei?.replace(/[\s-]/g, '');
  if (imei !== undefined && !/^\d{14,16}$/.test(imei)) {
    return { code: 'invalid_imei', message: `imei: ${numberProblem(imei, 'an IMEI has 14 to 16 digits')}.` };
  }
  const eid = cells.eid?.replace(/\s/g, '');
  if (eid !== undefined && !/^\d{32}$/.test(eid)) {
    return { code: 'invalid_eid', message: `eid: ${numberProblem(eid, 'an EID has 32 digits')}.` };
  }
  return {
    iccid,
    ...(imsi === undefined ? {} : { imsi }),
    ...(msisdn === undefined ? {} : { msisdn }),
    ...(imei === undefined ? {} : { imei }),
    ...(eid === undefined ? {} : { eid }),
  };
}

function numberProblem(text: string, rightly: string): string {
  return spreadsheetDamage(text) ?? `${rightly}, not ${JSON.stringify(text.slice(0, 40))}`;
}

/** Spreadsheets keep 15 significant digits of a number. */
const SIGNIFICANT_DIGITS = 15;

/** Whether a number could have been rounded. Of 10,000 intact ICCIDs, about one looks like this, too. */
const isRounded = (text: string) => /^\d{18,20}$/.test(text) && /^0+$/.test(text.slice(SIGNIFICANT_DIGITS));

/** Whether most ICCIDs of a file look rounded, so that none of those can be trusted. */
function wereRounded(rows: readonly SimRow[]): boolean {
  const rounded = rows.filter(({ iccid = '' }) => isRounded(normalizeIccid(iccid)));
  return rounded.length > 1 && 2 * rounded.length > rows.length;
}

/** What a spreadsheet did to a number that was not formatted as text; `undefined` when it looks undamaged. */
export function spreadsheetDamage(text: string): string | undefined {
  if (/^\d([.,]\d+)?E\+?\d+$/i.test(text)) {
    return 'a spreadsheet shortened the number to scientific notation. Format the column as text and paste the original numbers again';
  }
  if (isRounded(text)) {
    return 'a spreadsheet rounded the number to 15 digits. Format the column as text and paste the original numbers again';
  }
  return undefined;
}

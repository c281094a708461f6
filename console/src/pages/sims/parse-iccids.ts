import { readCsv } from '../../../../domain/csv.ts';
import { normalizeIccid } from '../../../../domain/delivered-sim.ts';
import { couldBeIccid, iccidProblem } from '../../../../domain/iccid.ts';
import { FIRST_ROW, spreadsheetDamage } from '../../../../domain/sim-manifest.ts';

/**
 * Where a text is. Rows of a table are numbered as spreadsheets and the API number them: 2 is the row after the header row, and a row
 * with line breaks in a quoted cell is one row. Other texts have lines.
 */
export type Place = { unit: 'row' | 'line'; number: number };

/** A text of a list that is not used, or not without a question, with the reason. */
type Questionable = { place: Place; text: string; reason: string };

/** The ICCIDs of a list that somebody pasted or uploaded. */
export type IccidList = {
  /** The ICCIDs, each once. */
  iccids: string[];
  /** Numbers with the length of an ICCID whose check digit is wrong: typing errors, or of an operator without check digits. */
  doubtful: Questionable[];
  /** Texts that cannot be ICCIDs. */
  rejected: Questionable[];
  /** How many ICCIDs the list repeats. */
  repeated: number;
};

/**
 * Reads ICCIDs from a text: a column of a spreadsheet, a CSV file, or numbers separated by anything. Of a table whose header row
 * has a column `iccid`, only that column is read.
 */
export function parseIccids(text: string): IccidList {
  const list: IccidList = { iccids: [], doubtful: [], rejected: [], repeated: 0 };
  const seen = new Set<string>();
  for (const { place, text: written } of columnOf(text) ?? wordsOf(text)) {
    const iccid = normalizeIccid(written);
    if (iccid === '') {
      continue;
    }
    if (seen.has(iccid)) {
      list.repeated += 1;
      continue;
    }
    seen.add(iccid);
    const damage = spreadsheetDamage(iccid);
    const problem = damage ?? iccidProblem(iccid);
    if (problem === undefined) {
      list.iccids.push(iccid);
    } else {
      const isDoubtful = damage === undefined && couldBeIccid(iccid);
      (isDoubtful ? list.doubtful : list.rejected).push({ place, text: written.slice(0, MAX_TEXT), reason: problem });
    }
  }
  return list;
}

/** How much of a text that was not understood is shown. */
const MAX_TEXT = 40;

const SEPARATORS = [',', ';'] as const;

/** The cells of the column `iccid`; undefined when the text is no table with such a column. */
function columnOf(text: string): { place: Place; text: string }[] | undefined {
  const lines = text.replace(/^\uFEFF/, '').replaceAll('\t', ';');
  for (const separator of SEPARATORS) {
    const table = readCsv(lines, separator);
    const [header, ...rows] = 'records' in table ? table.records : [];
    const column = header?.findIndex((name) => /^iccid$/i.test(name.trim())) ?? -1;
    if (column >= 0) {
      return rows.map((cells, index) => ({
        place: { unit: 'row', number: index + FIRST_ROW },
        text: (cells[column] ?? '').trim(),
      }));
    }
  }
  return undefined;
}

/** The words of a text. Quotes and the apostrophe with which spreadsheets mark text do not belong to them. */
function wordsOf(text: string): { place: Place; text: string }[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .flatMap((line, index) =>
      line
        .split(/[\s,;|]+/)
        .map((word) => word.replace(/^["'=]+|["']+$/g, ''))
        .filter((word) => word !== '')
        .map((word) => ({ place: { unit: 'line', number: index + 1 }, text: word })),
    );
}

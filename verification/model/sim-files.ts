import { isSoundIccid } from './iccids.ts';
import { ensure, formatAnswer, type World } from './world.ts';

// Files of SIMs: their rows, and the answers that they get.

/** What becomes of a row: it is loaded, it was loaded before, or it is refused with one of these codes. */
export type RowOutcome = 'loaded' | 'alreadyLoaded' | { codes: readonly string[] };

export const refusedFor = (...codes: string[]): RowOutcome => ({ codes });

export type SeenFile = {
  rows: number;
  loaded: number;
  alreadyLoaded: number;
  rejected: number;
  errors: { row: number; iccid?: string; code: string; message: string }[];
};

/** Formats rows as a file. Empty columns are left out of it. */
export function fileOf<Column extends string>(rows: readonly Partial<Record<Column, string>>[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cell = (text = '') => `"${text.replaceAll('"', '""')}"`;
  const lines = rows.map((row) => {
    const cells = new Map(Object.entries<string | undefined>(row));
    return columns.map((column) => cell(cells.get(column))).join(',');
  });
  return [columns.join(','), ...lines, ''].join('\r\n');
}

/** The outcomes of rows. An ICCID counts once per file. */
export function outcomesOf<Row extends { iccid: string }>(
  rows: readonly Row[],
  outcomeOf: (row: Row) => RowOutcome,
): RowOutcome[] {
  const firsts = new Map<string, RowOutcome>();
  return rows.map((row) => {
    if (!isSoundIccid(row.iccid)) {
      return refusedFor('invalid_iccid');
    }
    const first = firsts.get(row.iccid);
    if (first !== undefined) {
      // A row that cannot be read may not count as the first one with its ICCID.
      const unreadable = typeof first === 'string' ? [] : first.codes.filter((code) => code.startsWith('invalid_'));
      return refusedFor('duplicate_in_file', ...unreadable);
    }
    const outcome = outcomeOf(row);
    firsts.set(row.iccid, outcome);
    return outcome;
  });
}

/** Checks the answer to a file: its counts, and the row and code of each error. */
export function checkFile(file: SeenFile, outcomes: readonly RowOutcome[]): void {
  const count = (of: RowOutcome) => outcomes.filter((outcome) => outcome === of).length;
  const codes = new Map(file.errors.map(({ row, code }) => [row - 2, code]));
  const isRight =
    file.rows === outcomes.length &&
    file.loaded === count('loaded') &&
    file.alreadyLoaded === count('alreadyLoaded') &&
    file.rejected === file.errors.length &&
    outcomes.every((outcome, index) =>
      typeof outcome === 'string' ? !codes.has(index) : outcome.codes.includes(codes.get(index) ?? ''),
    );
  ensure(isRight, () => `The file was answered with ${JSON.stringify(file)}, not ${JSON.stringify(outcomes)}`);
  const areNamed = file.errors.every(({ message }) => message.length > 10);
  ensure(areNamed, () => `An error of ${JSON.stringify(file)} does not say what is wrong`);
}

/** Sends a file dry, and then in earnest; both must be answered alike. @returns the answer */
export async function sendFile(
  api: World['api'],
  path: string,
  text: string,
  { isDryFirst }: { isDryFirst: boolean },
): Promise<Awaited<ReturnType<typeof api.post<SeenFile>>>> {
  const headers = { 'content-type': 'text/csv' };
  const dry = isDryFirst
    ? await api.post<SeenFile>(`${path}${path.includes('?') ? '&' : '?'}dryRun=true`, text, headers)
    : undefined;
  const answer = await api.post<SeenFile>(path, text, headers);
  const isSame = dry === undefined || JSON.stringify(dry.body) === JSON.stringify(answer.body) || dry.status >= 400;
  ensure(
    isSame,
    () => `The dry run was answered with ${dry && formatAnswer(dry)}, the file with ${formatAnswer(answer)}`,
  );
  ensure(
    dry === undefined || dry.status === answer.status,
    () => `The dry run was answered with ${dry?.status}, the file with ${answer.status}`,
  );
  return answer;
}

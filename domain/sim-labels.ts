import * as z from 'zod/mini';
import { normalizeIccid } from './delivered-sim.ts';
import { couldBeIccid } from './iccid.ts';
import { readListCell } from './list-cell.ts';
import { FIRST_ROW, type RowError, spreadsheetDamage } from './sim-manifest.ts';
import { line } from './text.ts';

const MAX_LABEL = 60;
const MAX_TAG = 30;
const MAX_TAGS = 10;

export const labelSchema = z.lazy(() => line(MAX_LABEL));
export const tagsSchema = z.lazy(() => z.array(line(MAX_TAG)).check(z.maxLength(MAX_TAGS)));

/** A row of a file of labels. Empty cells are absent, and change nothing. */
export type LabelRow = { iccid: string; label?: string | undefined; tags?: string | undefined };

/** The label and tags that a row sets. */
export type LabelChange = { row: number; iccid: string; label?: string; tags?: readonly string[] };

/** The changes that the rows of a file ask for, and the errors of the other rows. A SIM counts once per file. */
export function readLabelRows(rows: readonly LabelRow[]): { changes: LabelChange[]; errors: RowError[] } {
  const changes: LabelChange[] = [];
  const errors: RowError[] = [];
  const rowOf = new Map<string, number>();
  for (const [index, cells] of rows.entries()) {
    const row = index + FIRST_ROW;
    const iccid = normalizeIccid(cells.iccid);
    const first = rowOf.get(iccid);
    const read = couldBeIccid(iccid)
      ? first === undefined
        ? readLabelRow(cells)
        : duplicateOf(first)
      : notAnIccid(iccid);
    if ('code' in read) {
      errors.push({ row, iccid, ...read });
      continue;
    }
    rowOf.set(iccid, row);
    changes.push({ row, iccid, ...read });
  }
  return { changes, errors };
}

const notAnIccid = (text: string) => ({
  code: 'invalid_iccid',
  message: `iccid: ${spreadsheetDamage(text) ?? `an ICCID has 18 to 20 digits, not ${JSON.stringify(text.slice(0, 40))}`}.`,
});

const duplicateOf = (row: number) => ({
  code: 'duplicate_in_file',
  message: `Row ${row} has the same ICCID. Keep one of the two.`,
});

/** The label and tags in the cells of a row, or the rule that they violate. */
export function readLabelRow({
  label,
  tags,
}: LabelRow): Pick<LabelChange, 'label' | 'tags'> | { code: string; message: string } {
  const readLabel = label === undefined ? undefined : labelSchema.safeParse(label);
  if (readLabel?.success === false) {
    const message = `label: must be one readable line of at most ${MAX_LABEL} characters.`;
    return { code: 'invalid_label', message };
  }
  const readTags = tags === undefined ? undefined : tagsSchema.safeParse(readListCell(tags));
  if (readTags?.success === false) {
    const message = `tags: must be at most ${MAX_TAGS} texts of at most ${MAX_TAG} characters each, separated by ";".`;
    return { code: 'invalid_tags', message };
  }
  return {
    ...(readLabel === undefined ? {} : { label: readLabel.data }),
    ...(readTags === undefined ? {} : { tags: readTags.data }),
  };
}

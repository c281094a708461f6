import * as z from 'zod/mini';
import { normalizeIccid } from './delivered-sim.ts';
import { couldBeIccid } from './iccid.ts';
import { readListCell } from './list-cell.ts';
import type { NamingChange, Sim } from './sim.ts';
import { fieldsProblem, fieldTextSchema, MAX_FIELD_TEXT, type SimFields } from './sim-fields.ts';
import { type RowProblem, readRows, spreadsheetDamage } from './sim-manifest.ts';
import { distinctLines, line } from './text.ts';
import type { Problem } from './verdict.ts';

/** The rule: a change leaves a SIM within the limits of tags and fields. Parts that the change does not concern are not checked. */
export function namingProblem(
  { tags, fields }: Pick<Sim, 'tags' | 'fields'>,
  change: NamingChange,
): Problem<'limit_exceeded'> | undefined {
  if (tags.length > MAX_TAGS && (change.addTags ?? []).length > 0) {
    const detail = `The SIM would have ${tags.length} tags. At most ${MAX_TAGS} are allowed.`;
    return { code: 'limit_exceeded', detail };
  }
  return change.fields ? fieldsProblem(fields) : undefined;
}

const MAX_LABEL = 60;
const MAX_TAG = 30;
const MAX_TAGS = 10;

export const labelSchema = z.lazy(() => line(MAX_LABEL));
export const tagSchema = z.lazy(() => line(MAX_TAG));
export const tagsSchema = z.lazy(() => distinctLines(MAX_TAG, MAX_TAGS));

/** A row of a file of labels. Empty cells are absent, and change nothing. */
export type LabelRow = {
  iccid: string;
  label?: string | undefined;
  tags?: string | undefined;
  fields?: SimFields | undefined;
};

/** The label, tags and fields that a row sets. */
export type LabelChange = { iccid: string; label?: string; tags?: readonly string[]; fields?: SimFields };

/** The changes that the rows of a file ask for, and the errors of the other rows. */
export const readLabelRows = (rows: readonly LabelRow[]) => readRows<LabelRow, LabelChange>(rows, readChange);

function readChange(cells: LabelRow): LabelChange | RowProblem {
  const iccid = normalizeIccid(cells.iccid);
  if (!couldBeIccid(iccid)) {
    const problem =
      spreadsheetDamage(iccid) ?? `an ICCID has 18 to 20 digits, not ${JSON.stringify(iccid.slice(0, 40))}`;
    return { code: 'invalid_iccid', message: `iccid: ${problem}.` };
  }
  const labels = readLabels(cells);
  if ('code' in labels) {
    return labels;
  }
  const fields = readFields(cells.fields);
  return 'code' in fields ? fields : { iccid, ...labels, ...fields };
}

/** The fields in the cells of a row, or the rule that they violate. */
function readFields(cells: SimFields = {}): Pick<LabelChange, 'fields'> | RowProblem {
  const read = Object.entries(cells).map(([name, text]) => ({ name, text: fieldTextSchema.safeParse(text) }));
  const bad = read.find(({ text }) => !text.success);
  if (bad) {
    const message = `field:${bad.name}: must be one readable line of at most ${MAX_FIELD_TEXT} characters.`;
    return { code: 'invalid_field', message };
  }
  const fields = Object.fromEntries(read.flatMap(({ name, text }) => (text.success ? [[name, text.data]] : [])));
  return read.length === 0 ? {} : { fields };
}

/** The label and tags in the cells of a row, or the rule that they violate. */
export function readLabels({
  label,
  tags,
}: Pick<LabelRow, 'label' | 'tags'>): Pick<LabelChange, 'label' | 'tags'> | RowProblem {
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

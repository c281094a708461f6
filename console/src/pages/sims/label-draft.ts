import { parseTags } from './parse-tags.ts';

/** A change of labels, tags and fields of several SIMs while the user fills in its form. Empty parts change nothing. */
export type LabelDraft = {
  label: string;
  removesLabel: boolean;
  /** Tags as they are typed, separated by commas. */
  addTags: string;
  removeTags: string;
  fields: Readonly<Record<string, string>>;
  /** Names of fields that are removed. */
  removedFields: readonly string[];
};

export const emptyLabelDraft: LabelDraft = {
  label: '',
  removesLabel: false,
  addTags: '',
  removeTags: '',
  fields: {},
  removedFields: [],
};

/** A change of labels as the API takes it, without the parts that change nothing. */
export type LabelChange = {
  label?: string | null;
  addTags?: string[];
  removeTags?: string[];
  fields?: Record<string, string | null>;
};

/** The change that the form asks for. A removal wins over a text in the same place. */
export function toLabelChange(draft: LabelDraft): LabelChange {
  const label = draft.removesLabel ? null : draft.label.trim() || undefined;
  const [addTags, removeTags] = [parseTags(draft.addTags), parseTags(draft.removeTags)];
  const texts = Object.entries(draft.fields).flatMap(([name, text]) => (text.trim() ? [[name, text.trim()]] : []));
  const removed = draft.removedFields.map((name) => [name, null]);
  return {
    ...(label !== undefined && { label }),
    ...(addTags.length > 0 && { addTags }),
    ...(removeTags.length > 0 && { removeTags }),
    ...(texts.length + removed.length > 0 && { fields: Object.fromEntries([...texts, ...removed]) }),
  };
}

/** Whether the form asks for a change at all. */
export function changesLabels(draft: LabelDraft): boolean {
  return Object.keys(toLabelChange(draft)).length > 0;
}

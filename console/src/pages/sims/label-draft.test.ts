import { describe, expect, it } from '@jest/globals';
import { changesLabels, emptyLabelDraft, toLabelChange } from './label-draft.ts';

describe('a change of labels', () => {
  it('has only the parts that were filled in', () => {
    expect(toLabelChange({ ...emptyLabelDraft, label: ' Meter ', addTags: 'north, ,north' })).toEqual({
      label: 'Meter',
      addTags: ['north'],
    });
    expect(
      toLabelChange({ ...emptyLabelDraft, removeTags: 'old', fields: { site: ' Leeds ', contract: ' ' } }),
    ).toEqual({
      removeTags: ['old'],
      fields: { site: 'Leeds' },
    });
  });

  it('removes a label or a field even when a text was typed before', () => {
    const draft = { ...emptyLabelDraft, label: 'Meter', removesLabel: true, fields: { site: 'Leeds' } };
    expect(toLabelChange({ ...draft, removedFields: ['site'] })).toEqual({ label: null, fields: { site: null } });
  });

  it('is none while nothing is filled in', () => {
    expect(changesLabels({ ...emptyLabelDraft, label: ' ', addTags: ',', fields: { site: '' } })).toBe(false);
    expect(changesLabels({ ...emptyLabelDraft, removesLabel: true })).toBe(true);
  });
});

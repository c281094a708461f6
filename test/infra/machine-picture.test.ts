import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { definitionSchema, withPicture } from '../../infra/machine-picture.ts';
import { definitionOf, synthesised } from './synthesised.ts';

describe('the picture of the state machine', () => {
  test.each(['README.md', 'docs/architecture.md'])('is fresh in %s (else: npm run draw)', async (file) => {
    const definition = definitionSchema.parse(definitionOf((await synthesised()).service));
    const document = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');

    expect(withPicture(document, definition)).toBe(document);
  });

  test('needs a place in the document', () => {
    expect(() => withPicture('# Nothing', { StartAt: 'A', States: {} })).toThrow('no place for the picture');
  });
});

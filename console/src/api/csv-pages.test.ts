import { expect, it } from '@jest/globals';
import { joinCsv, nextPageIn } from './csv-pages.ts';

it('finds the next page in the Link header', () => {
  expect(nextPageIn('</v1/sims?limit=200&cursor=abc>; rel="next"')).toBe('/v1/sims?limit=200&cursor=abc');
  expect(nextPageIn(null)).toBeUndefined();
});

it('joins pages under one header row', () => {
  expect(joinCsv(['iccid,label\n1,a\n', 'iccid,label\n2,b\n'])).toBe('iccid,label\n1,a\n2,b\n');
  expect(joinCsv([])).toBe('');
});

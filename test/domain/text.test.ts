import { describe, expect, test } from '@jest/globals';
import { distinctLines, line } from '../../domain/text.ts';

const codesOf = (text: string) =>
  line(40)
    .safeParse(text)
    .error?.issues.map((issue) => (issue.code === 'custom' ? issue.params?.code : issue.code));

describe('a line of text', () => {
  test.each([
    ['letters', 'Meter 17'],
    ['a combining mark of its own', '\u0301'],
    ['an emoji with joiners', '👩\u200d🔧'],
    ['a word with a zero-width non-joiner', 'می\u200cخواهم'],
    ['Hebrew with a mark of its direction', 'שלום\u200f 5'],
    ['a soft hyphen inside', 'co\u00adop'],
  ])('may be %s', (_what, text) => {
    expect(line(40).parse(text)).toBe(text);
  });

  test.each([
    ['a zero-width space', '\u200b'],
    ['joiners', '\u200d\u200c'],
    ['a soft hyphen', '\u00ad'],
    ['a Hangul filler', '\u3164'],
    ['a blank Braille pattern', '\u2800'],
    ['tags', '\u{e0041}'],
    ['spaces between invisible characters', '\u2060 \u2060'],
  ])('is not %s alone, which is invisible', (_what, text) => {
    expect(codesOf(text)).toEqual(['unreadable']);
  });

  test.each(['\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2067', '\u2068', '\u2069'])(
    'has no %j, which changes the direction of what follows',
    (control) => {
      expect(codesOf(`gpj.${control}exe`)).toEqual(['unreadable']);
    },
  );

  test('of blanks is too short, and one of control characters has the wrong form', () => {
    expect(codesOf('  ')).toEqual(['too_small']);
    expect(codesOf('a\u0007')).toEqual(['invalid_format']);
  });
});

test('repeated lines are kept once, compared without blanks around them', () => {
  expect(distinctLines(5, 4).parse(['b', 'a', ' b ', 'a'])).toEqual(['b', 'a']);
  expect(
    distinctLines(5, 3)
      .safeParse(['a', 'a', 'a', 'a'])
      .error?.issues.map(({ code }) => code),
  ).toEqual(['too_big']);
});

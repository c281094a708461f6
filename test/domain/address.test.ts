import { describe, expect, test } from '@jest/globals';
import { addressSchema, addressViolations, contactSchema } from '../../domain/address.ts';

const address = (own: object) => ({ name: 'Stores', lines: ['1 Dock Road'], city: 'Somewhere', ...own });

const errorsOf = (value: object) =>
  addressSchema
    .safeParse(value)
    .error?.issues.map((issue) => [
      issue.path.join('/'),
      issue.code === 'custom' ? issue.params?.code : issue.code,
      issue.message,
    ]);

describe('an address', () => {
  test.each(['AE', 'HK', 'IE', 'JM'])('in %s may be without a postal code, or have one', (country) => {
    expect(errorsOf(address({ country }))).toBeUndefined();
    expect(errorsOf(address({ country, postalCode: '' }))).toBeUndefined();
    expect(errorsOf(address({ country, postalCode: 'D02 X285' }))).toBeUndefined();
  });

  test.each(['GB', 'FR', 'AT', 'US', 'JP'])('in %s has a postal code', (country) => {
    expect(errorsOf(address({ country, postalCode: '12345' }))).toBeUndefined();
    for (const postalCode of [undefined, '', '  ']) {
      expect(errorsOf(address({ country, postalCode }))).toEqual([
        ['postalCode', 'postal_code_required', `is required for addresses in ${country}`],
      ]);
    }
  });

  test.each([
    ['UK', 'GB'],
    ['EL', 'GR'],
  ])('in %s is asked to be in %s', (country, meant) => {
    expect(errorsOf(address({ country, postalCode: 'E16 1AA' }))).toEqual([
      ['country', 'unknown_country', `must be an ISO 3166-1 alpha-2 code; use ${meant} instead of ${country}`],
    ]);
  });

  test.each(['XX', 'ZZ', 'EU', 'AA', 'QQ'])('is not in %s, which is no country', (country) => {
    expect(addressViolations({ country })).toMatchObject([{ pointer: '/country', code: 'unknown_country' }]);
  });

  test('is in one of the 249 countries of ISO 3166-1', () => {
    const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
    const pairs = letters.flatMap((one) => letters.map((other) => one + other));
    const known = pairs.filter((country) => addressViolations({ country, postalCode: '1' }).length === 0);
    expect(known).toHaveLength(249);
    // What ISO 3166-1 has, the platform's own data on regions names.
    const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
    expect(known.filter((country) => names.of(country) === undefined)).toEqual([]);
  });
});

describe('the e-mail address of a contact', () => {
  const isTaken = (email: string) => contactSchema.safeParse({ name: 'Ada', email }).success;

  test.each([
    'ada@acme.example',
    "o'neill+sims@mail.acme.co.uk",
    'info@müller.example',
    'info@xn--mller-kva.example',
    'post@例え.テスト',
    'mail@почта.рф',
    'mail@xn--80a1acny.xn--p1ai',
    'sales@हिन्दी.भारत',
  ])('may be %s', (email) => {
    expect(isTaken(email)).toBe(true);
  });

  test.each([
    'ada',
    'ada@acme',
    'ada@@acme.example',
    'ada@acme..example',
    'ada@.example',
    'a b@acme.example',
    'ada@ac me.example',
    'ada@acme.example/x',
    'ada@\u200b.example',
    'ada@acme\ud800.example',
    '.ada@acme.example',
    `ada@${'a'.repeat(250)}.example`,
  ])('is not %s', (email) => {
    expect(isTaken(email)).toBe(false);
  });
});

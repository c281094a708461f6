import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openCursor, sealCursor } from '../../../functions/http/cursor.ts';

/** Any text that can be a key: whole characters of every plane. */
const text = fc.string({ unit: 'binary' });

const refused = expect.objectContaining({ code: 'invalid_cursor' });

const partsOf = (cursor: string): [string, string] => {
  const [position = '', signature = ''] = cursor.split('.');
  return [position, signature];
};

describe('a cursor', () => {
  test('opens to the position that was sealed, whatever its text', () => {
    fc.assert(
      fc.property(text, text, text, (position, scope, secret) => {
        expect(openCursor(sealCursor(position, scope, secret), scope, secret)).toBe(position);
      }),
    );
  });

  test('needs no encoding in a query string', () => {
    fc.assert(
      fc.property(text, text, text, (position, scope, secret) => {
        expect(sealCursor(position, scope, secret)).toMatch(/^[A-Za-z0-9_.-]+$/);
      }),
    );
  });

  test('of another list is refused', () => {
    fc.assert(
      fc.property(text, text, text, (position, scope, other) => {
        fc.pre(scope !== other);
        expect(() => openCursor(sealCursor(position, scope, 'secret'), other, 'secret')).toThrow(refused);
      }),
    );
  });

  test('sealed with another secret is refused', () => {
    fc.assert(
      fc.property(text, text, text, (position, secret, other) => {
        // A key of an HMAC is filled up with zeros: texts that differ in those alone are one key.
        fc.pre(secret.replace(/\0+$/, '') !== other.replace(/\0+$/, ''));
        expect(() => openCursor(sealCursor(position, 'list', secret), 'list', other)).toThrow(refused);
      }),
    );
  });

  test('with another position under its signature is refused', () => {
    fc.assert(
      fc.property(text, text, (position, other) => {
        fc.pre(position !== other);
        const [, signature] = partsOf(sealCursor(position, 'list', 'secret'));
        const [forged] = partsOf(sealCursor(other, 'list', 'elsewhere'));
        expect(() => openCursor(`${forged}.${signature}`, 'list', 'secret')).toThrow(refused);
      }),
    );
  });

  test('separates its position from its list', () => {
    const [, signature] = partsOf(sealCursor('b', 'a","', 'secret'));
    const [position] = partsOf(sealCursor('","b', 'a', 'secret'));
    expect(() => openCursor(`${position}.${signature}`, 'a', 'secret')).toThrow(refused);
  });

  test('with any bit of its signature changed is refused', () => {
    fc.assert(
      fc.property(text, fc.nat({ max: 17 }), fc.nat({ max: 7 }), (position, byte, bit) => {
        const [sealed, signature] = partsOf(sealCursor(position, 'list', 'secret'));
        const bytes = Buffer.from(signature, 'base64url');
        bytes.writeUInt8(bytes.readUInt8(byte) ^ (1 << bit), byte);
        expect(() => openCursor(`${sealed}.${bytes.toString('base64url')}`, 'list', 'secret')).toThrow(refused);
      }),
    );
  });

  test('cut short anywhere is refused', () => {
    fc.assert(
      fc.property(text, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (position, part) => {
        const cursor = sealCursor(position, 'list', 'secret');
        expect(() => openCursor(cursor.slice(0, Math.floor(cursor.length * part)), 'list', 'secret')).toThrow(refused);
      }),
    );
  });

  test('with any other text is refused', () => {
    fc.assert(
      fc.property(fc.oneof(text, fc.base64String(), fc.constantFrom('', '.', '..', 'null', '{}')), (cursor) => {
        expect(() => openCursor(cursor, 'list', 'secret')).toThrow(refused);
      }),
    );
  });

  test.each([
    ['with more after it', (cursor: string) => `${cursor}.more`],
    ['with its last character doubled up by padding', (cursor: string) => `${cursor}=`],
    ['with a character in it that stands for nothing', (cursor: string) => `!${cursor}`],
    ['with the bits changed that its position leaves over', (cursor: string) => cursor.replace('QQ.', 'QR.')],
  ])('%s is tampered with, and refused', (_how, tamper) => {
    const tampered = tamper(sealCursor('A', 'list', 'secret'));
    expect(() => openCursor(tampered, 'list', 'secret')).toThrow(refused);
  });
});

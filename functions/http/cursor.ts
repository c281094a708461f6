import { createHmac, timingSafeEqual } from 'node:crypto';
import { HttpProblem } from './problem.ts';

/*
 * A cursor is a position in a list, signed together with the identity of the list: the partner, the route and the filters.
 * A cursor of another list, or one that was tampered with, is rejected.
 */

const SIGNATURE_BYTES = 18;

/** Signs a position in a list. `scope` identifies the list. */
export function sealCursor(position: string, scope: string, secret: string): string {
  return `${Buffer.from(position).toString('base64url')}.${signature(position, scope, secret).toString('base64url')}`;
}

/** The position in a cursor of the same list. @throws HttpProblem 400 for any other cursor */
export function openCursor(cursor: string, scope: string, secret: string): string {
  const [text = '', signed = ''] = cursor.split('.');
  const position = Buffer.from(text, 'base64url').toString();
  const given = Buffer.from(signed, 'base64url');
  const expected = signature(position, scope, secret);
  const isSealed = given.length === expected.length && timingSafeEqual(given, expected);
  // Several base64url texts decode to the same bytes. Only the original text is valid.
  if (!isSealed || cursor !== sealCursor(position, scope, secret)) {
    throw new HttpProblem(
      'invalid_cursor',
      'The cursor does not belong to this list. Use nextCursor unchanged, with the same filters.',
    );
  }
  return position;
}

function signature(position: string, scope: string, secret: string): Buffer {
  return createHmac('sha256', secret)
    .update(JSON.stringify([scope, position]))
    .digest()
    .subarray(0, SIGNATURE_BYTES);
}

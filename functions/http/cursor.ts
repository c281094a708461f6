import { createHmac, timingSafeEqual } from 'node:crypto';
import { HttpProblem } from './problem.ts';

/*
 * A cursor is a position in a list and a signature over the position and the list it is of: the partner, the route and
 * the filters. Of another list, or tampered with, it is refused.
 */

const SIGNATURE_BYTES = 18;

/** Seals where a list goes on. `scope` names the list. */
export function sealCursor(position: string, scope: string, secret: string): string {
  return `${Buffer.from(position).toString('base64url')}.${signature(position, scope, secret).toString('base64url')}`;
}

/** Opens a cursor of the same list. @throws HttpProblem 400 otherwise. */
export function openCursor(cursor: string, scope: string, secret: string): string {
  const [text = '', signed = ''] = cursor.split('.');
  const position = Buffer.from(text, 'base64url').toString();
  const given = Buffer.from(signed, 'base64url');
  const expected = signature(position, scope, secret);
  const isSealed = given.length === expected.length && timingSafeEqual(given, expected);
  // base64url can be written in more ways than one: only the very text that was sealed is a cursor.
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

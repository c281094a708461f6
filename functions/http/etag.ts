import { createHash } from 'node:crypto';
import { HttpProblem } from './problem.ts';

type Headers = Readonly<Record<string, string | undefined>>;

/** The entity tag of a representation. It changes exactly when the representation changes. */
export function etagOf(body: unknown): string {
  return etagOfText(JSON.stringify(body));
}

/** The entity tag of a rendered representation. */
export function etagOfText(text: string): string {
  return `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
}

/**
 * Honours `If-Match`: passes when the header is absent, is `*`, or contains the current tag.
 *
 * @throws HttpProblem 412 when the client's copy is stale.
 */
export function requireMatch(ifMatch: string | undefined, current: unknown): void {
  if (ifMatch === undefined || ifMatch.trim() === '*') {
    return;
  }
  const tag = etagOf(current);
  if (!ifMatch.split(',').some((candidate) => candidate.trim() === tag)) {
    throw new HttpProblem(
      'precondition_failed',
      `The current ETag is ${tag}. Read the resource again before you change it.`,
    );
  }
}

/**
 * Honours the preconditions of a `PUT` that creates or replaces: `If-None-Match: *` permits creation only, `If-Match`
 * replacement only.
 *
 * @param current the current representation; `undefined` when the resource does not exist.
 * @throws HttpProblem 412
 */
export function requirePutConditions(headers: Headers, current: unknown): void {
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch = '' } = headers;
  const excluded = ifNoneMatch.split(',').map((candidate) => candidate.trim());
  if (current !== undefined && (excluded.includes('*') || excluded.includes(etagOf(current)))) {
    throw new HttpProblem(
      'precondition_failed',
      `The resource exists already. Its current ETag is ${etagOf(current)}.`,
    );
  }
  if (current === undefined && ifMatch !== undefined) {
    throw new HttpProblem(
      'precondition_failed',
      'The resource does not exist. Send the request without If-Match to create it.',
    );
  }
  requireMatch(ifMatch, current);
}

import fc from 'fast-check';
import { changes } from './changes.ts';
import type { ApiDocument, DocumentedRoute } from './document.ts';
import { hostileBody } from './hostile-values.ts';
import type { FuzzRequest } from './request.ts';
import { validRequest } from './valid-requests.ts';

/**
 * Requests of a route: valid ones, nearly valid ones with one or two changes, and mostly invalid ones.
 */
export function requestsOf(route: DocumentedRoute, document: ApiDocument): fc.Arbitrary<FuzzRequest> {
  const valid = validRequest(route, document);
  const changed = (min: number, max: number) =>
    fc
      .tuple(valid, fc.array(changes(route), { minLength: min, maxLength: max }))
      .map(([request, all]) => all.reduce((sofar, change) => change(sofar), request));
  const bodiless = fc
    .tuple(changed(2, 5), hostileBody)
    .map(([request, text]) => (route.body ? { ...request, body: { text } } : request));
  return fc.oneof(
    { weight: 4, arbitrary: valid },
    { weight: 5, arbitrary: changed(1, 2) },
    { weight: 2, arbitrary: changed(3, 6) },
    { weight: 1, arbitrary: bodiless },
  );
}

import type { RoutePart } from '../template/parts.ts';

export type Match = { route: RoutePart; parameters: Readonly<Record<string, string>> | undefined };

type Candidate = { route: RoutePart; method: string; segments: string[] };

/**
 * Finds routes as an HTTP API does: the most specific path wins, segment by segment (literal, parameter, greedy parameter), then
 * the method itself before ANY, and `$default` when no other route matches.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 */
export function routeFinder(routes: readonly RoutePart[]): (method: string, path: string) => Match | undefined {
  const candidates = routes
    .filter(({ key }) => key !== '$default')
    .map((route): Candidate => {
      const [method = '', path = ''] = route.key.split(' ');
      return { route, method, segments: path.split('/').slice(1) };
    })
    .sort(bySpecificity);
  const fallback = routes.find(({ key }) => key === '$default');

  return (method, path) => {
    const segments = path.split('/').slice(1);
    for (const candidate of candidates) {
      if (candidate.method === method || candidate.method === 'ANY') {
        const parameters = parametersOf(candidate.segments, segments);
        if (parameters) {
          return { route: candidate.route, parameters: Object.keys(parameters).length > 0 ? parameters : undefined };
        }
      }
    }
    return fallback && { route: fallback, parameters: undefined };
  };
}

function parametersOf(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const greedy = /^\{(.+)\+\}$/.exec(part)?.[1];
    if (greedy !== undefined) {
      const rest = segments.slice(index).join('/');
      return rest === '' ? undefined : { ...parameters, [greedy]: decodeURIComponent(rest) };
    }
    const segment = segments[index];
    const name = /^\{(.+)\}$/.exec(part)?.[1];
    if (segment === undefined || segment === '' ? part !== segment : name === undefined && segment !== part) {
      return undefined;
    }
    if (name !== undefined && segment !== undefined) {
      parameters[name] = decodeURIComponent(segment);
    }
  }
  return pattern.length === segments.length ? parameters : undefined;
}

function bySpecificity(a: Candidate, b: Candidate): number {
  for (let index = 0; index < Math.max(a.segments.length, b.segments.length); index++) {
    const difference = rank(a.segments[index]) - rank(b.segments[index]);
    if (difference !== 0) {
      return difference;
    }
  }
  return Number(a.method === 'ANY') - Number(b.method === 'ANY');
}

function rank(segment: string | undefined): number {
  return segment === undefined ? 3 : /^\{.+\+\}$/.test(segment) ? 2 : /^\{.+\}$/.test(segment) ? 1 : 0;
}

import { useQuery } from '@tanstack/react-query';
import { RouterLink } from '../../app/router-link.tsx';
import { customerServiceKind, partnerServiceKind } from '../../services/service-kind.ts';
import * as text from '../../text/index.ts';
import { scopeOf } from './alarm-draft.ts';
import type { Alarm } from './queries.ts';

/** A link to what an alarm watches. */
export function ScopeLink({ scope }: Pick<Alarm, 'scope'>) {
  const { scopeKind, subject } = scopeOf(scope);
  const kind = scopeKind === 'partnerService' ? partnerServiceKind : customerServiceKind;
  const service = useQuery({
    queryKey: [kind.key, subject],
    queryFn: () => kind.get(subject),
    enabled: scopeKind !== 'sim',
    staleTime: 60_000,
    retry: false,
  }).data?.data;
  return scopeKind === 'sim' ? (
    <RouterLink to={`/sims/${subject}`}>{text.alarms.scope.simOf(subject)}</RouterLink>
  ) : (
    <RouterLink to={`${kind.path}/${subject}`}>{service?.name ?? subject}</RouterLink>
  );
}

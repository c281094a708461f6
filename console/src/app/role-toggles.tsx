import Alert from '@cloudscape-design/components/alert';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Toggle from '@cloudscape-design/components/toggle';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import * as text from '../text/index.ts';
import { roleHint, roleText } from '../text/role-text.ts';
import { useNotify } from './notifications.tsx';

const words = text.users;

/**
 * The roles of a user, each with a toggle. Each change takes effect on its own.
 *
 * @param invalidates the first part of the keys of the queries to read again
 */
export function RoleToggles({
  shown,
  held,
  isFixed = () => false,
  grant,
  revoke,
  invalidates,
}: {
  shown: readonly string[];
  held: readonly string[];
  /** Whether the viewer cannot grant, or cannot revoke, a role. */
  isFixed?: (change: { isGrant: boolean }) => boolean;
  grant: (role: string) => Promise<unknown>;
  revoke: (role: string) => Promise<unknown>;
  invalidates: string;
}) {
  const notify = useNotify();
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: ({ role, isGrant }: { role: string; isGrant: boolean }) => (isGrant ? grant(role) : revoke(role)),
    onSuccess: (_user, { role, isGrant }) =>
      notify('success', isGrant ? words.granted(roleText(role)) : words.revoked(roleText(role))),
    onSettled: () => queries.invalidateQueries({ queryKey: [invalidates] }),
  });
  return (
    <Container
      header={
        <Header variant="h2" description={words.rolesEffect}>
          {words.roles}
        </Header>
      }
    >
      <div className="stack">
        {change.error && <Alert type="error">{change.error.message}</Alert>}
        {shown.map((role) => {
          const isHeld = held.includes(role);
          return (
            <Toggle
              key={role}
              checked={isHeld}
              description={roleHint(role)}
              disabled={change.isPending || isFixed({ isGrant: !isHeld })}
              onChange={({ detail }) => change.mutate({ role, isGrant: detail.checked })}
            >
              {roleText(role)}
            </Toggle>
          );
        })}
      </div>
    </Container>
  );
}

import Alert from '@cloudscape-design/components/alert';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Toggle from '@cloudscape-design/components/toggle';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNotify } from '../../app/notifications.tsx';
import { useSession } from '../../session/session-context.tsx';
import { text } from '../../text/index.ts';
import { roleText } from '../../text/role-text.ts';
import { kindOf, rolesOfKind } from '../platform-users/platform-invitation.ts';
import { grantRole, revokeRole, type User } from '../platform-users/queries.ts';

const words = text.users;

/** The roles that are available to a user. Each change takes effect on its own. */
export function PlatformUserRoles({ user }: { user: User }) {
  const { can } = useSession();
  const notify = useNotify();
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: ({ role, isGrant }: { role: string; isGrant: boolean }) =>
      isGrant ? grantRole(user.id, role) : revokeRole(user.id, role),
    onSuccess: (_user, { role, isGrant }) =>
      notify('success', isGrant ? words.granted(roleText(role)) : words.revoked(roleText(role))),
    onSettled: () => queries.invalidateQueries({ queryKey: ['platform users'] }),
  });
  const held = new Set<string>(user.roles);
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
        {rolesOfKind(kindOf(user)).map((role) => (
          <Toggle
            key={role}
            checked={held.has(role)}
            disabled={change.isPending || !can(held.has(role) ? 'revokeRole' : 'grantRole')}
            onChange={({ detail }) => change.mutate({ role, isGrant: detail.checked })}
          >
            {roleText(role)}
          </Toggle>
        ))}
      </div>
    </Container>
  );
}

import Alert from '@cloudscape-design/components/alert';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Toggle from '@cloudscape-design/components/toggle';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNotify } from '../../app/notifications.tsx';
import { useSession } from '../../session/session-context.tsx';
import { text } from '../../text/index.ts';
import { roleText } from '../../text/role-text.ts';
import { rolesToGive } from '../users/invitation.ts';
import { giveRole, takeRole, type User } from '../users/queries.ts';

const words = text.users;

/** The roles of a user, with those that the viewer may grant. Each change takes effect on its own. */
export function Roles({ user }: { user: User }) {
  const { caller } = useSession();
  const notify = useNotify();
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: ({ role, isGrant }: { role: string; isGrant: boolean }) =>
      isGrant ? giveRole(user.id, role) : takeRole(user.id, role),
    onSuccess: (_user, { role, isGrant }) =>
      notify('success', isGrant ? words.granted(roleText(role)) : words.revoked(roleText(role))),
    onSettled: () => queries.invalidateQueries({ queryKey: ['users'] }),
  });
  const giver = caller.kind === 'platform' ? { roles: [] } : caller;
  const offered = rolesToGive(giver, { isOfCustomer: user.customerId !== undefined });
  const shown = [...new Set<string>([...offered, ...user.roles])];
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
        {shown.map((role) => (
          <Toggle
            key={role}
            checked={held.has(role)}
            disabled={change.isPending}
            onChange={({ detail }) => change.mutate({ role, isGrant: detail.checked })}
          >
            {roleText(role)}
          </Toggle>
        ))}
      </div>
    </Container>
  );
}

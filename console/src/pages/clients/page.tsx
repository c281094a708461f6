import Button from '@cloudscape-design/components/button';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { TableProps } from '@cloudscape-design/components/table';
import { useState } from 'react';
import { ListTable } from '../../app/list-table.tsx';
import { SecretModal } from '../../app/secret-modal.tsx';
import { ShortTime, Time } from '../../app/time.tsx';
import { usePages } from '../../app/use-pages.ts';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';
import { roleText } from '../../text/role-text.ts';
import { NewClientForm, RevokeClient, RotateSecret } from './client-forms.tsx';
import { type ApiClient, readClients, type Secret } from './queries.ts';

const words = text.clients;

type Open = { form: 'create' } | { form: 'rotate' | 'revoke'; client: ApiClient } | { form: 'secret'; secret: Secret };

/** The API clients of the partner's systems. */
export default function ClientsPage() {
  const { can } = useSession();
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const showSecret = (secret: Secret) => setOpen({ form: 'secret', secret });
  const pages = usePages(['clients'], readClients);
  return (
    <>
      <ListTable
        title={words.title}
        pages={pages}
        columns={columnsWith((form, client) => setOpen({ form, client }), can)}
        idOf={({ id }) => id}
        empty={{ title: words.empty, hint: words.emptyHint }}
        csv={{ path: '/v1/clients?limit=200', fileName: 'clients.csv' }}
        actions={
          can('createOwnClient') && (
            <Button variant="primary" onClick={() => setOpen({ form: 'create' })}>
              {words.create}
            </Button>
          )
        }
      />
      {open?.form === 'create' && <NewClientForm onClose={close} onCreated={showSecret} />}
      {open?.form === 'rotate' && <RotateSecret client={open.client} onClose={close} onRotated={showSecret} />}
      {open?.form === 'revoke' && <RevokeClient client={open.client} onClose={close} />}
      {open?.form === 'secret' && (
        <SecretModal
          secret={open.secret.secret}
          more={[
            { label: words.columns.id, value: open.secret.id },
            { label: words.tokenUrl, value: open.secret.tokenUrl },
            { label: words.scopes, value: open.secret.scopes.join(' ') },
            ...(open.secret.previousSecretValidUntil === undefined
              ? []
              : [{ label: words.rotate.validUntil, value: <Time at={open.secret.previousSecretValidUntil} /> }]),
          ]}
          onClose={close}
        />
      )}
    </>
  );
}

function columnsWith(
  open: (form: 'rotate' | 'revoke', client: ApiClient) => void,
  can: ReturnType<typeof useSession>['can'],
): TableProps.ColumnDefinition<ApiClient>[] {
  return [
    { id: 'name', header: words.columns.name, isRowHeader: true, cell: ({ name }) => name },
    {
      id: 'id',
      header: words.columns.id,
      cell: ({ id }) => (
        <CopyToClipboard
          variant="inline"
          textToCopy={id}
          copyButtonAriaLabel={words.columns.id}
          copySuccessText={text.shell.copied}
          copyErrorText={text.shell.copyFailed}
        />
      ),
    },
    { id: 'roles', header: words.columns.roles, cell: ({ roles }) => roles.map(roleText).join(', ') },
    { id: 'createdAt', header: words.columns.createdAt, cell: ({ createdAt }) => <ShortTime at={createdAt} /> },
    {
      id: 'actions',
      header: words.columns.actions,
      minWidth: 210,
      cell: (client) => (
        <SpaceBetween direction="horizontal" size="s">
          {can('rotateClientSecret') && (
            <Button
              variant="inline-link"
              ariaLabel={words.rotate.of(client.name)}
              onClick={() => open('rotate', client)}
            >
              {words.rotate.action}
            </Button>
          )}
          {can('revokeOwnClient') && (
            <Button
              variant="inline-link"
              ariaLabel={words.revoke.of(client.name)}
              onClick={() => open('revoke', client)}
            >
              {words.revoke.action}
            </Button>
          )}
        </SpaceBetween>
      ),
    },
  ];
}

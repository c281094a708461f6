import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from 'react-router';
import { ChangeButton } from '../app/change-button.tsx';
import { Details } from '../app/details.tsx';
import { Loaded } from '../app/loaded.tsx';
import { ResourcePage } from '../app/resource-page.tsx';
import { RouterLink } from '../app/router-link.tsx';
import { Time } from '../app/time.tsx';
import { useEditing } from '../app/use-editing.ts';
import { useSession } from '../session/session-context.tsx';
import * as text from '../text/index.ts';
import { ChangeTariff } from './change-tariff.tsx';
import { CustomerName } from './customer-name.tsx';
import { DeleteService } from './delete-service.tsx';
import { EditService } from './edit-service.tsx';
import { NextTariff } from './next-tariff.tsx';
import type { Service, ServiceKind } from './service-kind.ts';
import { ServiceUsage } from './service-usage.tsx';
import { useTariffNames } from './use-tariff-names.ts';

const words = text.services;

/** A service of either kind: its tariff, its usage, and its changes. */
export function ServicePage({ kind }: { kind: ServiceKind }) {
  const { id = '' } = useParams();
  const { can } = useSession();
  const query = useQuery({ queryKey: [kind.key, id], queryFn: () => kind.get(id) });
  const editing = useEditing(query);
  const changing = useEditing(query);
  const deleting = useEditing(query);
  const actions = { edit: editing.open, changeTariff: changing.open, remove: deleting.open };
  return (
    <Loaded query={query}>
      {({ data: service, etag }) => (
        <ResourcePage title={service.name} actions={<Actions kind={kind} service={service} etag={etag} {...actions} />}>
          {service.holding === true && (
            <Alert type="info" header={words.holding}>
              {words.holdingText}
            </Alert>
          )}
          <ServiceDetails service={service} />
          {can(kind.operations.usage) && <ServiceUsage kind={kind} id={id} />}
          {editing.opened && (
            <EditService key={editing.opened.etag} kind={kind} editing={editing} {...editing.opened} />
          )}
          {changing.opened && (
            <ChangeTariff key={changing.opened.etag} kind={kind} editing={changing} {...changing.opened} />
          )}
          {deleting.opened && (
            <DeleteService key={deleting.opened.etag} kind={kind} editing={deleting} {...deleting.opened} />
          )}
        </ResourcePage>
      )}
    </Loaded>
  );
}

function Actions({
  kind,
  service,
  etag,
  edit,
  changeTariff,
  remove,
}: {
  kind: ServiceKind;
  service: Service;
  etag: string | undefined;
  edit: () => void;
  changeTariff: () => void;
  remove: () => void;
}) {
  const { can } = useSession();
  const navigate = useNavigate();
  const { tariffId, nextTariff } = service;
  const isChangeable = can(kind.operations.update) && service.holding !== true;
  return (
    <>
      {can('listSims') && (
        <Button onClick={() => navigate(`/sims?${kind.simFilter}=${service.id}`)}>{words.showSims}</Button>
      )}
      {can(kind.operations.remove) && service.holding !== true && <Button onClick={remove}>{text.forms.delete}</Button>}
      {isChangeable && (
        <ChangeButton
          label={words.tariffChange.withdraw}
          isOffered={nextTariff !== undefined}
          resource={`/v1${kind.path}/${service.id}`}
          change={{
            run: () => kind.change(service.id, { ...(tariffId !== undefined && { tariffId }) }, etag),
            done: words.tariffChange.withdrawn,
            invalidates: [kind.key],
          }}
        />
      )}
      {isChangeable && <Button onClick={changeTariff}>{words.tariffChange.action}</Button>}
      {isChangeable && (
        <Button variant="primary" onClick={edit}>
          {text.forms.edit}
        </Button>
      )}
    </>
  );
}

function ServiceDetails({ service }: { service: Service }) {
  const { can } = useSession();
  const tariffName = useTariffNames();
  const { tariffId, nextTariff, notes, customerId, createdAt, updatedAt } = service;
  const { columns } = words;
  return (
    <Details
      items={[
        ...(customerId !== undefined && can('getCustomer')
          ? [{ label: columns.customer, value: <CustomerName id={customerId} /> }]
          : []),
        ...(tariffId !== undefined && can('getTariff')
          ? [
              {
                label: columns.tariff,
                value: <RouterLink to={`/tariffs/${tariffId}`}>{tariffName(tariffId)}</RouterLink>,
              },
              { label: columns.nextTariff, value: <NextTariff change={nextTariff} nameOf={tariffName} /> },
            ]
          : []),
        ...(can('listPartnerServices')
          ? [{ label: columns.notes, value: <span className="lines">{notes ?? text.shell.none}</span> }]
          : []),
        { label: text.forms.createdAt, value: <Time at={createdAt} /> },
        { label: text.forms.updatedAt, value: <Time at={updatedAt} /> },
      ]}
    />
  );
}

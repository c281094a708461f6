import Button from '@cloudscape-design/components/button';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Resource } from '../../api/client.ts';
import { ChoiceField } from '../../app/choice-field.tsx';
import { ConfirmModal } from '../../app/confirm-modal.tsx';
import { FormModal } from '../../app/form-modal.tsx';
import { ListTable } from '../../app/list-table.tsx';
import { RouterLink } from '../../app/router-link.tsx';
import { useChange } from '../../app/use-change.ts';
import { usePages } from '../../app/use-pages.ts';
import { describeAllowance, tariffOptions } from '../../services/tariff-text.ts';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';
import { useOperatorNames } from '../operators/use-operator-names.ts';
import { grantTariff, readGrantedTariffs, revokeTariff, tariffChoicesQuery } from './queries.ts';

const t = text.platform.partners;

type Tariff = Resource<'Tariff'>;

/** The tariffs that a partner may use for its services. */
export function GrantedTariffs({ partnerId }: { partnerId: string }) {
  const { can } = useSession();
  const operatorName = useOperatorNames();
  const [isGranting, setGranting] = useState(false);
  const [revoking, setRevoking] = useState<Tariff>();
  const pages = usePages(['grants', partnerId], (cursor) => readGrantedTariffs(partnerId, cursor));
  const { columns, audience } = text.tariffs;
  return (
    <>
      <ListTable<Tariff>
        variant="container"
        title={t.tariffs}
        pages={pages}
        columns={[
          {
            id: 'name',
            header: columns.name,
            cell: ({ id, name }) => <RouterLink to={`/platform/tariffs/${id}`}>{name}</RouterLink>,
            isRowHeader: true,
          },
          { id: 'audience', header: columns.audience, cell: (tariff) => audience[tariff.audience] },
          {
            id: 'operators',
            header: columns.operators,
            cell: ({ operatorIds }) => operatorIds.map(operatorName).join(', '),
          },
          { id: 'allowance', header: columns.allowance, cell: describeAllowance },
          {
            id: 'actions',
            header: t.actions,
            cell: (tariff) =>
              can('revokeTariff') && (
                <Button
                  variant="inline-link"
                  ariaLabel={t.revokeTariff(tariff.name)}
                  onClick={() => setRevoking(tariff)}
                >
                  {t.revoke}
                </Button>
              ),
          },
        ]}
        idOf={({ id }) => id}
        empty={{ title: t.noTariffs, hint: t.noTariffsHint }}
        csv={{ path: `/v1/platform/partners/${partnerId}/tariffs?limit=200`, fileName: `${partnerId}-tariffs.csv` }}
        actions={can('grantTariff') && <Button onClick={() => setGranting(true)}>{t.grant}</Button>}
      />
      {isGranting && <GrantTariff partnerId={partnerId} onClose={() => setGranting(false)} />}
      {revoking && <RevokeTariff partnerId={partnerId} tariff={revoking} onClose={() => setRevoking(undefined)} />}
    </>
  );
}

function GrantTariff({ partnerId, onClose }: { partnerId: string; onClose: () => void }) {
  const tariffs = useQuery(tariffChoicesQuery).data ?? [];
  const [tariffId, setTariffId] = useState('');
  const save = useChange({
    run: () => grantTariff(partnerId, tariffId),
    done: ({ name }) => t.granted(name),
    invalidates: ['grants'],
    onDone: onClose,
  });
  return (
    <FormModal title={t.grant} submit={t.grant} save={save} isComplete={tariffId !== ''} onClose={onClose}>
      <ChoiceField label={t.tariff} value={tariffId} options={tariffOptions(tariffs)} onChange={setTariffId} />
    </FormModal>
  );
}

function RevokeTariff({ partnerId, tariff, onClose }: { partnerId: string; tariff: Tariff; onClose: () => void }) {
  const run = useChange({
    run: () => revokeTariff(partnerId, tariff.id),
    done: t.revoked(tariff.name),
    invalidates: ['grants'],
    onDone: onClose,
  });
  return (
    <ConfirmModal title={t.revokeTitle(tariff.name)} action={t.revoke} run={run} onClose={onClose}>
      {t.revokeText}
    </ConfirmModal>
  );
}

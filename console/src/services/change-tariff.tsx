import Box from '@cloudscape-design/components/box';
import FormField from '@cloudscape-design/components/form-field';
import RadioGroup from '@cloudscape-design/components/radio-group';
import { useState } from 'react';
import { ChoiceField } from '../app/choice-field.tsx';
import { FormModal } from '../app/form-modal.tsx';
import { useChange } from '../app/use-change.ts';
import type { EditFormProps } from '../app/use-editing.ts';
import * as text from '../text/index.ts';
import type { Service, ServiceKind } from './service-kind.ts';
import { tariffOptions } from './tariff-text.ts';
import { useTariffs } from './use-tariff-names.ts';

const words = text.services.tariffChange;

/** Changes the tariff of a service, for this month or from the next one on. */
export function ChangeTariff({ kind, editing, data: service, etag }: { kind: ServiceKind } & EditFormProps<Service>) {
  const tariffs = useTariffs(kind.audience).filter(({ id }) => id !== service.tariffId);
  const [tariffId, setTariffId] = useState('');
  const [effectiveAt, setEffectiveAt] = useState<'now' | 'next_period'>('next_period');
  const save = useChange({
    run: () => kind.change(service.id, { tariffId, effectiveAt }, etag),
    done: effectiveAt === 'now' ? words.saved : words.scheduled,
    invalidates: [kind.key],
    onDone: editing.close,
  });
  return (
    <FormModal
      title={words.title(service.name)}
      submit={words.action}
      pointers={['/tariffId', '/effectiveAt']}
      isComplete={tariffId !== ''}
      conflict={{ resource: `/v1${kind.path}/${service.id}`, onReload: editing.reload }}
      save={save}
      onClose={editing.close}
    >
      {(messages) => (
        <>
          <ChoiceField
            label={words.tariff}
            value={tariffId}
            options={tariffOptions(tariffs)}
            error={messages['/tariffId']}
            onChange={setTariffId}
          />
          <FormField label={words.when} errorText={messages['/effectiveAt']}>
            <RadioGroup
              value={effectiveAt}
              items={[
                { value: 'next_period', label: words.nextPeriod, description: words.nextPeriodHint },
                { value: 'now', label: words.now, description: words.nowHint },
              ]}
              onChange={({ detail }) => setEffectiveAt(detail.value === 'now' ? 'now' : 'next_period')}
            />
          </FormField>
          <Box color="text-body-secondary">{words.past}</Box>
        </>
      )}
    </FormModal>
  );
}

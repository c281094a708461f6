import Checkbox from '@cloudscape-design/components/checkbox';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import * as text from '../../text/index.ts';
import { ChooseOrCreate } from './choose-or-create.tsx';
import { coveringServices, coveringTariffs } from './covering.ts';
import { emptyPlan, type PlanDraft } from './draft.ts';
import type { StepProps } from './page.tsx';
import {
  createCustomer,
  createCustomerService,
  createPartnerService,
  customerServicesQuery,
  customersQuery,
  partnerServicesQuery,
  tariffsQuery,
} from './queries.ts';

const { wizard } = text.orders;

/** What happens to the SIMs when they arrive. What the plan needs can be created on the way. */
export function PlanStep(props: StepProps) {
  const { draft, onChange } = props;
  return (
    <Container>
      <SpaceBetween size="l">
        <FormField label={wizard.plan}>
          <RadioGroup
            value={draft.plan ? 'run' : 'none'}
            items={[
              { value: 'none', label: wizard.planNone, description: wizard.planNoneHint },
              { value: 'run', label: wizard.planRun, description: wizard.planRunHint },
            ]}
            onChange={({ detail }) =>
              onChange((before) => ({ ...before, plan: detail.value === 'run' ? emptyPlan : undefined }))
            }
          />
        </FormField>
        {draft.plan && <PlanFields {...props} plan={draft.plan} />}
      </SpaceBetween>
    </Container>
  );
}

function PlanFields({ draft, onChange, missing, plan }: StepProps & { plan: PlanDraft }) {
  const queries = useQueryClient();
  const tariffs = useQuery(tariffsQuery).data ?? [];
  const partnerServices = useQuery(partnerServicesQuery).data ?? [];
  const customers = useQuery(customersQuery).data ?? [];
  const customerServices = useQuery(customerServicesQuery(plan.customerId)).data ?? [];
  const { operatorId } = draft;
  const change = (part: Partial<PlanDraft>) =>
    onChange((before) => ({ ...before, plan: { ...emptyPlan, ...before.plan, ...part } }));
  const refresh = (key: string) => queries.invalidateQueries({ queryKey: [key] });
  return (
    <>
      <ChooseOrCreate
        label={wizard.partnerService}
        hint={wizard.partnerServiceHint}
        error={missing.includes('partnerService') ? wizard.choosePartnerService : undefined}
        options={coveringServices(partnerServices, tariffs, operatorId)}
        value={plan.partnerServiceId}
        onChoose={(partnerServiceId) => change({ partnerServiceId })}
        creation={{
          operation: 'createPartnerService',
          title: wizard.newPartnerService,
          tariffs: coveringTariffs(tariffs, { operatorId, audience: 'partner' }),
          create: async ({ name, tariffId }) => {
            const created = await createPartnerService({ name, tariffId });
            await refresh('partner services');
            return created;
          },
        }}
      />
      <ChooseOrCreate
        label={wizard.customer + wizard.optional}
        hint={wizard.customerHint}
        options={customers}
        none={wizard.noCustomer}
        value={plan.customerId}
        onChoose={(customerId) => change({ customerId, customerServiceId: '' })}
        creation={{
          operation: 'createCustomer',
          title: wizard.newCustomer,
          create: async ({ name }) => {
            const created = await createCustomer({ name });
            await refresh('customers');
            return created;
          },
        }}
      />
      {plan.customerId !== '' && (
        <>
          <ChooseOrCreate
            label={wizard.customerService}
            error={missing.includes('customerService') ? wizard.chooseCustomerService : undefined}
            options={coveringServices(customerServices, tariffs, operatorId)}
            value={plan.customerServiceId}
            onChoose={(customerServiceId) => change({ customerServiceId })}
            creation={{
              operation: 'createCustomerService',
              title: wizard.newCustomerService,
              isNameOptional: true,
              tariffs: coveringTariffs(tariffs, { operatorId, audience: 'customer' }),
              create: async ({ name, tariffId }) => {
                const { customerId } = plan;
                const created = await createCustomerService({ customerId, tariffId, ...(name !== '' && { name }) });
                await refresh('customer services');
                return created;
              },
            }}
          />
          <Checkbox checked={plan.activate} onChange={({ detail }) => change({ activate: detail.checked })}>
            {wizard.activate}
          </Checkbox>
        </>
      )}
    </>
  );
}

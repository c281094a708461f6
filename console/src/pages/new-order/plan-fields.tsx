import Checkbox from '@cloudscape-design/components/checkbox';
import FormField from '@cloudscape-design/components/form-field';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ChoiceField } from '../../app/choice-field.tsx';
import { CustomerChoice } from '../../services/customer-choice.tsx';
import { ServiceChoice } from '../../services/service-choice.tsx';
import { customerServiceKind, partnerServiceKind } from '../../services/service-kind.ts';
import { describeTariff } from '../../services/tariff-text.ts';
import { allTariffsQuery } from '../../services/use-tariff-names.ts';
import * as text from '../../text/index.ts';
import { operatorsQuery } from '../orders/queries.ts';
import { ChooseOrCreate } from './choose-or-create.tsx';
import { coveringServices, coveringTariffs } from './covering.ts';
import type { PlanDraft, PlanMessages } from './plan-draft.ts';
import { createCustomer, createCustomerService, createPartnerService } from './queries.ts';

const { wizard } = text.orders;

type FieldsProps = {
  operatorId: string;
  plan: PlanDraft;
  messages: PlanMessages;
  onChange: (part: Partial<PlanDraft>) => void;
};

/** The services and the customer of a plan. What it needs can be created on the way. */
export function PlanFields({ operatorId, plan, messages, onChange }: FieldsProps) {
  const queries = useQueryClient();
  const tariffs = useQuery(allTariffsQuery).data ?? [];
  const describe = ({ tariffId }: { tariffId?: string }) => {
    const tariff = tariffs.find(({ id }) => id === tariffId);
    return tariff && text.tariffs.withTerms(tariff.name, describeTariff(tariff));
  };
  const coversOperator = (service: { tariffId?: string }) =>
    coveringServices([service], tariffs, operatorId).length > 0;
  const created = async <Created,>(creation: Promise<Created>, key: string) => {
    const result = await creation;
    await queries.invalidateQueries({ queryKey: [key] });
    return result;
  };
  const choosePartnerService = (partnerServiceId: string) => onChange({ partnerServiceId });
  const chooseCustomer = (customerId: string) => onChange({ customerId, customerServiceId: '' });
  const chooseCustomerService = (customerServiceId: string) => onChange({ customerServiceId });
  return (
    <>
      <ChooseOrCreate
        label={wizard.partnerService}
        hint={wizard.partnerServiceHint}
        error={messages['/partnerServiceId']}
        onCreated={choosePartnerService}
        creation={{
          operation: 'createPartnerService',
          title: wizard.newPartnerService,
          tariffs: coveringTariffs(tariffs, { operatorId, audience: 'partner' }),
          create: (values) => created(createPartnerService(values), partnerServiceKind.key),
        }}
      >
        <ServiceChoice
          kind={partnerServiceKind}
          value={plan.partnerServiceId}
          isOffered={coversOperator}
          describe={describe}
          empty={wizard.noServices}
          onChange={choosePartnerService}
        />
      </ChooseOrCreate>
      <ChooseOrCreate
        label={text.forms.optional(wizard.customer)}
        hint={wizard.customerHint}
        error={messages['/customerId']}
        onCreated={chooseCustomer}
        creation={{
          operation: 'createCustomer',
          title: wizard.newCustomer,
          create: ({ name }) => created(createCustomer({ name }), 'customers'),
        }}
      >
        <CustomerChoice value={plan.customerId} all={wizard.noCustomer} onChange={chooseCustomer} />
      </ChooseOrCreate>
      {plan.customerId !== '' && (
        <>
          <ChooseOrCreate
            label={wizard.customerService}
            error={messages['/customerServiceId']}
            onCreated={chooseCustomerService}
            creation={{
              operation: 'createCustomerService',
              title: wizard.newCustomerService,
              isNameOptional: true,
              tariffs: coveringTariffs(tariffs, { operatorId, audience: 'customer' }),
              create: ({ name, tariffId }) =>
                created(
                  createCustomerService({ customerId: plan.customerId, tariffId, ...(name !== '' && { name }) }),
                  customerServiceKind.key,
                ),
            }}
          >
            <ServiceChoice
              kind={customerServiceKind}
              customerId={plan.customerId}
              value={plan.customerServiceId}
              isOffered={coversOperator}
              describe={describe}
              empty={wizard.noServices}
              onChange={chooseCustomerService}
            />
          </ChooseOrCreate>
          <Activation {...{ operatorId, plan, messages, onChange }} />
        </>
      )}
    </>
  );
}

/** Whether the SIMs are activated; at operators that have a test status, they can start in it. */
function Activation({ operatorId, plan, messages, onChange }: FieldsProps) {
  const operator = useQuery(operatorsQuery).data?.find(({ id }) => id === operatorId);
  if (operator?.testStatus || plan.activate === 'test') {
    const chosen = plan.activate === 'test' ? 'test' : plan.activate ? 'yes' : 'no';
    return (
      <ChoiceField
        label={wizard.afterAssignment}
        value={chosen}
        options={(['yes', 'test', 'no'] as const).map((value) => ({ value, label: wizard.activation[value] }))}
        error={messages['/activate']}
        onChange={(choice) => onChange({ activate: choice === 'test' ? 'test' : choice === 'yes' })}
      />
    );
  }
  return (
    <FormField errorText={messages['/activate']}>
      <Checkbox checked={plan.activate} onChange={({ detail }) => onChange({ activate: detail.checked })}>
        {wizard.activate}
      </Checkbox>
    </FormField>
  );
}

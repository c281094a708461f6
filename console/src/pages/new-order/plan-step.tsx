import Container from '@cloudscape-design/components/container';
import * as text from '../../text/index.ts';
import { quantityOf } from './draft.ts';
import type { StepProps } from './page.tsx';
import { type PlanMessages, planPointers } from './plan-draft.ts';
import { PlanForm } from './plan-form.tsx';

const { wizard } = text.orders;

/** What happens to the SIMs when they arrive. */
export function PlanStep({ draft, missing, messages, onChange }: StepProps) {
  const { operatorId, plan } = draft;
  return (
    <Container>
      <div className="stack">
        <PlanForm
          operatorId={operatorId}
          quantity={quantityOf(draft)}
          plan={plan}
          messages={{
            ...(missing.includes('partnerService') && { '/partnerServiceId': wizard.choosePartnerService }),
            ...(missing.includes('customerService') && { '/customerServiceId': wizard.chooseCustomerService }),
            ...planMessagesIn(messages),
          }}
          onChange={(change) => onChange((before) => ({ ...before, plan: change(before.plan) }))}
        />
      </div>
    </Container>
  );
}

function planMessagesIn(messages: StepProps['messages']): PlanMessages {
  return Object.fromEntries(
    planPointers.flatMap((field) => {
      const message = messages[`/plan${field}`];
      return message === undefined ? [] : [[field, message]];
    }),
  );
}

import Alert from '@cloudscape-design/components/alert';
import FormField from '@cloudscape-design/components/form-field';
import RadioGroup from '@cloudscape-design/components/radio-group';
import { useQuery } from '@tanstack/react-query';
import { formatNumber } from '../../app/format.ts';
import * as text from '../../text/index.ts';
import { emptyPlan, missingInPlan, type PlanDraft, type PlanMessages, toPlan } from './plan-draft.ts';
import { PlanFields } from './plan-fields.tsx';
import { planMessagesOf, quoteQuery } from './queries.ts';

const { wizard } = text.orders;

/** What happens to the SIMs of an order when they arrive, checked by the API as soon as the plan is complete. */
export function PlanForm({
  operatorId,
  quantity,
  plan,
  messages,
  onChange,
}: {
  operatorId: string;
  quantity: number | undefined;
  plan: PlanDraft | undefined;
  /** The messages at the fields, which hide those of the check. */
  messages: PlanMessages;
  onChange: (change: (plan: PlanDraft | undefined) => PlanDraft | undefined) => void;
}) {
  const isComplete = plan !== undefined && missingInPlan(plan).length === 0;
  const check = useQuery(quoteQuery({ operatorId, quantity, plan: isComplete ? toPlan(plan) : undefined }));
  const quote = check.isPlaceholderData ? undefined : check.data;
  const violations = isComplete ? planMessagesOf(quote) : {};
  return (
    <>
      <FormField label={wizard.plan}>
        <RadioGroup
          value={plan ? 'run' : 'none'}
          items={[
            { value: 'none', label: wizard.planNone, description: wizard.planNoneHint },
            { value: 'run', label: wizard.planRun, description: wizard.planRunHint },
          ]}
          onChange={({ detail }) => onChange(() => (detail.value === 'run' ? emptyPlan : undefined))}
        />
      </FormField>
      {plan && (
        <PlanFields
          operatorId={operatorId}
          plan={plan}
          messages={{ ...violations, ...messages }}
          onChange={(part) => onChange((before) => ({ ...emptyPlan, ...before, ...part }))}
        />
      )}
      <div role="status">
        {isComplete && quote && Object.keys(violations).length === 0 && (
          <Alert type="success">{wizard.planValid(formatNumber(quantity ?? 0))}</Alert>
        )}
      </div>
    </>
  );
}

import { useState } from 'react';
import { FormModal } from '../../app/form-modal.tsx';
import { useChange } from '../../app/use-change.ts';
import type { EditFormProps } from '../../app/use-editing.ts';
import * as text from '../../text/index.ts';
import { missingInPlan, planPointers, toPlan, toPlanDraft } from '../new-order/plan-draft.ts';
import { PlanForm } from '../new-order/plan-form.tsx';
import type { Order } from '../orders/queries.ts';
import { changePlan } from './queries.ts';

/** Sets, replaces or removes the plan of an order, but never over a change by somebody else. */
export function ChangePlan({ editing, data: order, etag }: EditFormProps<Order>) {
  const [plan, setPlan] = useState(() => order.plan && toPlanDraft(order.plan));
  const save = useChange({
    run: () => changePlan({ data: order, etag }, plan && toPlan(plan)),
    done: plan ? text.orders.planChanged : text.orders.planRemoved,
    invalidates: ['orders'],
    onDone: editing.close,
  });
  return (
    <FormModal
      size="large"
      title={text.orders.changePlan}
      submit={text.forms.save}
      pointers={planPointers}
      // Without a plan before and after there is nothing to save.
      isComplete={plan ? missingInPlan(plan).length === 0 : order.plan !== undefined}
      save={save}
      conflict={{ resource: order.id, onReload: editing.reload }}
      onClose={editing.close}
    >
      {(messages) => (
        <PlanForm
          operatorId={order.operatorId}
          quantity={order.quantity}
          plan={plan}
          messages={messages}
          onChange={setPlan}
        />
      )}
    </FormModal>
  );
}

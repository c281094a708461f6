import Wizard from '@cloudscape-design/components/wizard';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { messagesFor } from '../../api/api-problem.ts';
import { useNotify } from '../../app/notifications.tsx';
import { usePageTitle } from '../../app/page-title.tsx';
import * as text from '../../text/index.ts';
import { AddressStep } from './address-step.tsx';
import { type Draft, emptyDraft, type Missing, missingIn, quantityOf, stepOf, steps } from './draft.ts';
import { missingInPlan, planPointers, toPlan } from './plan-draft.ts';
import { PlanStep } from './plan-step.tsx';
import { placeOrder, planMessagesOf, quantityMessageOf, quoteQuery } from './queries.ts';
import { ReviewStep } from './review-step.tsx';
import { SimsStep } from './sims-step.tsx';

const { wizard } = text.orders;

/** What each step shows and changes. */
export type StepProps = {
  draft: Draft;
  onChange: (change: (draft: Draft) => Draft) => void;
  /** What the user has to fill in, once they tried to go on. */
  missing: readonly Missing[];
  /** What the API refused, by JSON pointers in the request. */
  messages: Readonly<Partial<Record<string, string>>>;
};

/** The fields in which the steps show what the API refuses. */
const pointers = [
  '/reference',
  ...['', '/name', '/lines', '/city', '/postalCode', '/country'].map((field) => `/deliveryAddress${field}`),
  ...planPointers.map((field) => `/plan${field}`),
];

/** Orders SIMs, in four steps: what, where to, what happens then, and a review. */
export default function NewOrderPage() {
  usePageTitle(wizard.title);
  const navigate = useNavigate();
  const notify = useNotify();
  const [draft, setDraft] = useState(emptyDraft);
  const [index, setIndex] = useState(0);
  const [isChecked, setChecked] = useState(false);
  // One key for the whole visit: clicking twice, or again after a lost answer, places one order.
  const [key, setKey] = useState(() => crypto.randomUUID());
  const place = useMutation({
    mutationFn: () => placeOrder(draft, key),
    onSuccess: (order) => {
      notify('success', wizard.placed(order.id));
      navigate(`/orders/${order.id}`);
    },
    onError: (error) => {
      const [refused] = Object.keys(messagesFor(error, pointers).fields);
      if (refused !== undefined) {
        setIndex(steps.indexOf(stepOf(refused)));
      }
    },
  });
  const step = steps[index] ?? 'review';
  const missing = missingIn(step, draft);
  const isRefused = useIsRefused(draft)[step];
  const onChange: StepProps['onChange'] = (change) => {
    setDraft(change);
    setKey(crypto.randomUUID());
    place.reset();
  };
  const { fields: messages, other: problem } = messagesFor(place.error, pointers);
  const props = { draft, onChange, missing: isChecked ? missing : [], messages };
  return (
    <Wizard
      activeStepIndex={index}
      isLoadingNextStep={place.isPending}
      onNavigate={({ detail }) => {
        const isForward = detail.requestedStepIndex > index;
        setChecked(isForward && missing.length > 0);
        if (!isForward || (missing.length === 0 && !isRefused)) {
          setIndex(detail.requestedStepIndex);
        }
      }}
      onCancel={() => navigate('/orders')}
      onSubmit={() => place.mutate()}
      submitButtonText={wizard.submit}
      i18nStrings={{
        stepNumberLabel: wizard.step,
        collapsedStepsLabel: wizard.steps,
        navigationAriaLabel: wizard.title,
        cancelButton: wizard.cancel,
        previousButton: wizard.previous,
        nextButton: wizard.next,
        optional: wizard.optionalStep,
      }}
      steps={[
        { title: wizard.sims, description: wizard.simsLead, content: <SimsStep {...props} /> },
        { title: wizard.address, description: wizard.addressLead, content: <AddressStep {...props} /> },
        { title: wizard.plan, description: wizard.planLead, content: <PlanStep {...props} /> },
        {
          title: wizard.review,
          description: wizard.reviewLead,
          content: <ReviewStep draft={draft} onEdit={setIndex} />,
          ...(problem !== undefined && { errorText: problem }),
        },
      ]}
    />
  );
}

/** The steps that the API refuses as they are, so that the user stays in them. They show the reason. */
function useIsRefused(draft: Draft): Partial<Record<(typeof steps)[number], boolean>> {
  const { operatorId, productId, plan } = draft;
  const quantity = quantityOf(draft);
  const isPlanComplete = plan !== undefined && missingInPlan(plan).length === 0;
  const ofSims = useQuery(quoteQuery({ operatorId, productId, quantity }));
  const ofPlan = useQuery(quoteQuery({ operatorId, quantity, plan: isPlanComplete ? toPlan(plan) : undefined }));
  return {
    sims: !ofSims.isPlaceholderData && quantityMessageOf(ofSims.data) !== undefined,
    plan: !ofPlan.isPlaceholderData && Object.keys(planMessagesOf(ofPlan.data)).length > 0,
  };
}

import Box from '@cloudscape-design/components/box';
import FormField from '@cloudscape-design/components/form-field';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { given } from '../../api/client.ts';
import { DayInput } from '../../app/day-input.tsx';
import { FormModal } from '../../app/form-modal.tsx';
import { formatNumber } from '../../app/format.ts';
import { TextField } from '../../app/text-field.tsx';
import { useChange } from '../../app/use-change.ts';
import * as text from '../../text/index.ts';
import type { PartnerOrder } from '../desk-orders/queries.ts';
import { acceptOrder, answerCancellation, deliverOrder, dispatchOrder, type OrderKey, rejectOrder } from './queries.ts';
import type { Report } from './reports.ts';

const t = text.desk.order;

type Props = { order: PartnerOrder; onClose: () => void };

/** Records what the operator did with an order. */
export function ReportModal({ report, ...props }: Props & { report: Report }) {
  switch (report) {
    case 'accept':
      return <Accept {...props} />;
    case 'reject':
      return <Reject {...props} />;
    case 'dispatch':
      return <Dispatch {...props} />;
    case 'deliver':
      return <Deliver {...props} />;
    case 'cancel':
      return <AnswerCancellation {...props} />;
  }
}

const keyOf = ({ partnerId, id }: PartnerOrder): OrderKey => ({ partnerId, orderId: id });

const useReport = (run: () => Promise<unknown>, done: string, onDone: () => void) =>
  useChange({ run, done, onDone, invalidates: ['manual orders', 'manual tasks'] });

function Accept({ order, onClose }: Props) {
  const [operatorReference, setReference] = useState('');
  const [expectedDelivery, setExpected] = useState('');
  const save = useReport(
    () => acceptOrder(keyOf(order), { operatorReference, ...(expectedDelivery !== '' && { expectedDelivery }) }),
    t.accept.done,
    onClose,
  );
  return (
    <FormModal
      title={t.accept.title}
      submit={t.save}
      save={save}
      pointers={['/operatorReference', '/expectedDelivery']}
      isComplete={operatorReference.trim() !== ''}
      onClose={onClose}
    >
      {(messages) => (
        <SpaceBetween size="m">
          <TextField
            label={t.accept.reference}
            value={operatorReference}
            onChange={setReference}
            error={messages['/operatorReference']}
          />
          <FormField
            label={text.forms.optional(t.accept.expected)}
            constraintText={t.accept.expectedHint}
            errorText={messages['/expectedDelivery']}
          >
            <DayInput value={expectedDelivery} onChange={setExpected} />
          </FormField>
        </SpaceBetween>
      )}
    </FormModal>
  );
}

function Reject({ order, onClose }: Props) {
  const [reason, setReason] = useState('');
  const save = useReport(() => rejectOrder(keyOf(order), reason), t.reject.done, onClose);
  return (
    <FormModal
      title={t.reject.title}
      submit={t.save}
      save={save}
      pointers={['/reason']}
      isComplete={reason.trim() !== ''}
      onClose={onClose}
    >
      {(messages) => (
        <TextField
          label={t.reject.reason}
          hint={t.reject.reasonHint}
          value={reason}
          onChange={setReason}
          error={messages['/reason']}
        />
      )}
    </FormModal>
  );
}

function Dispatch({ order, onClose }: Props) {
  const [trackingReference, setTracking] = useState('');
  const [carrier, setCarrier] = useState('');
  const save = useReport(
    () => dispatchOrder(keyOf(order), given({ trackingReference, carrier })),
    t.dispatch.done,
    onClose,
  );
  return (
    <FormModal
      title={t.dispatch.title}
      submit={t.save}
      save={save}
      pointers={['/trackingReference', '/carrier']}
      onClose={onClose}
    >
      {(messages) => (
        <SpaceBetween size="m">
          <TextField
            label={t.dispatch.carrier}
            isOptional
            value={carrier}
            onChange={setCarrier}
            error={messages['/carrier']}
          />
          <TextField
            label={t.dispatch.tracking}
            isOptional
            value={trackingReference}
            onChange={setTracking}
            error={messages['/trackingReference']}
          />
        </SpaceBetween>
      )}
    </FormModal>
  );
}

function Deliver({ order, onClose }: Props) {
  const save = useReport(() => deliverOrder(keyOf(order)), t.deliver.done, onClose);
  const [loaded, quantity] = [formatNumber(order.progress.received), formatNumber(order.quantity)];
  const isComplete = order.progress.received >= order.quantity;
  return (
    <FormModal title={t.deliver.title} submit={t.save} save={save} onClose={onClose}>
      <Box variant="p">{isComplete ? t.deliver.complete(quantity) : t.deliver.shortfall(loaded, quantity)}</Box>
    </FormModal>
  );
}

function AnswerCancellation({ order, onClose }: Props) {
  const [outcome, setOutcome] = useState<'cancelled' | 'refused'>('cancelled');
  const [reason, setReason] = useState('');
  const save = useReport(
    () => answerCancellation(keyOf(order), { outcome, ...given({ reason }) }),
    t.cancel.done,
    onClose,
  );
  return (
    <FormModal title={t.cancel.title} submit={t.save} save={save} pointers={['/reason']} onClose={onClose}>
      {(messages) => (
        <SpaceBetween size="m">
          <FormField label={t.cancel.outcome}>
            <RadioGroup
              value={outcome}
              items={[
                { value: 'cancelled', label: t.cancel.cancelled, description: t.cancel.cancelledHint },
                { value: 'refused', label: t.cancel.refused, description: t.cancel.refusedHint },
              ]}
              onChange={({ detail }) => setOutcome(detail.value === 'refused' ? 'refused' : 'cancelled')}
            />
          </FormField>
          <TextField
            label={t.cancel.reason}
            isOptional
            value={reason}
            onChange={setReason}
            error={messages['/reason']}
          />
        </SpaceBetween>
      )}
    </FormModal>
  );
}

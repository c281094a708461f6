import Button from '@cloudscape-design/components/button';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { Details } from '../../app/details.tsx';
import { formatNumber } from '../../app/format.ts';
import { ListTable } from '../../app/list-table.tsx';
import { Loaded } from '../../app/loaded.tsx';
import { ResourcePage } from '../../app/resource-page.tsx';
import { Time } from '../../app/time.tsx';
import { usePages } from '../../app/use-pages.ts';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';
import type { ManualTask } from '../manual-tasks/queries.ts';
import { TaskState } from '../manual-tasks/task-state.tsx';
import { useOperatorNames } from '../operators/use-operator-names.ts';
import { usePartnerNames } from '../partners/use-partner-names.ts';
import { CompleteTask } from './complete-task.tsx';
import { readTaskSims, type TaskSim, taskQuery } from './queries.ts';

const { tasks, task: t } = text.desk;

/** A task at an operator without an API: its SIMs as a file, and the result that the staff report. */
export default function ManualTaskPage() {
  const { taskId = '' } = useParams();
  const query = useQuery(taskQuery(taskId));
  return <Loaded query={query}>{(task) => <Task task={task} />}</Loaded>;
}

function Task({ task }: { task: ManualTask }) {
  const { can } = useSession();
  const navigate = useNavigate();
  const operatorName = useOperatorNames();
  const partnerName = usePartnerNames();
  const [selected, setSelected] = useState<readonly TaskSim[]>([]);
  const [isCompleting, setCompleting] = useState(false);
  const { id, action, partnerId, orderId, state } = task;
  const isOpen = state === 'open';
  const isAboutOrder = action === 'cancel_order';
  const lead = isAboutOrder ? t.leadOrder : t.lead;
  return (
    <ResourcePage
      title={tasks.actions[action]}
      description={isOpen ? lead : undefined}
      actions={
        <>
          {isAboutOrder && orderId && (
            <Button
              variant={isOpen ? 'primary' : 'normal'}
              onClick={() => navigate(`/desk/orders/${partnerId}/${orderId}`)}
            >
              {t.showOrder}
            </Button>
          )}
          {isOpen && !isAboutOrder && can('completeManualTask') && (
            <Button variant="primary" onClick={() => setCompleting(true)}>
              {selected.length > 0 ? t.completeRefusing(formatNumber(selected.length)) : t.complete}
            </Button>
          )}
        </>
      }
    >
      <Details
        items={[
          { label: tasks.columns.state, value: <TaskState task={task} /> },
          { label: text.desk.operator, value: operatorName(task.operatorId) },
          { label: text.desk.partner, value: partnerName(partnerId) },
          { label: tasks.columns.count, value: formatNumber(task.count) },
          { label: tasks.columns.createdAt, value: <Time at={task.createdAt} /> },
          { label: tasks.columns.id, value: id },
          ...(task.operationId ? [{ label: t.operation, value: task.operationId }] : []),
          ...(task.doneAt
            ? [
                { label: tasks.columns.doneAt, value: <Time at={task.doneAt} /> },
                { label: t.doneBy, value: task.doneBy ?? text.shell.none },
              ]
            : []),
        ]}
      />
      {!isAboutOrder && <TaskSims id={id} isOpen={isOpen} selected={selected} onSelect={setSelected} />}
      {isCompleting && (
        <CompleteTask
          task={task}
          selected={selected}
          onClose={() => setCompleting(false)}
          onDone={() => setSelected([])}
        />
      )}
    </ResourcePage>
  );
}

/** The SIMs of the task. The ones that the operator refused can be selected. */
function TaskSims({
  id,
  isOpen,
  selected,
  onSelect,
}: {
  id: string;
  isOpen: boolean;
  selected: readonly TaskSim[];
  onSelect: (sims: readonly TaskSim[]) => void;
}) {
  const pages = usePages(['manual tasks', id, 'sims', isOpen], (cursor) => readTaskSims(id, cursor));
  const cell = (value: string | undefined) => value ?? text.shell.none;
  return (
    <ListTable<TaskSim>
      variant="container"
      title={t.sims}
      pages={pages}
      columns={[
        { id: 'iccid', header: t.columns.iccid, cell: ({ iccid }) => iccid, isRowHeader: true },
        { id: 'imsi', header: t.columns.imsi, cell: ({ imsi }) => cell(imsi) },
        { id: 'msisdn', header: t.columns.msisdn, cell: ({ msisdn }) => cell(msisdn) },
        ...(isOpen
          ? []
          : [{ id: 'refused', header: t.columns.refused, cell: ({ refused }: TaskSim) => cell(refused) }]),
      ]}
      idOf={({ iccid }) => iccid}
      empty={{ title: t.noSims }}
      csv={{ path: `/v1/platform/manual-tasks/${id}/sims?limit=200`, fileName: `${id}.csv` }}
      filter={isOpen && t.tickHint}
      {...(isOpen && {
        selectionType: 'multi' as const,
        selectedItems: [...selected],
        onSelectionChange: ({ detail }) => onSelect(detail.selectedItems),
      })}
    />
  );
}

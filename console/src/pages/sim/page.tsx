import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useParams } from 'react-router';
import { Loaded } from '../../app/loaded.tsx';
import { PageHeader } from '../../app/page-title.tsx';
import { statusOf } from '../../app/state-status.ts';
import { Timeline } from '../../app/timeline.tsx';
import { type Editing, useEditing } from '../../app/use-editing.ts';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';
import { eventText, reasonText, stateText } from '../../text/state-text.ts';
import { ActionModal } from '../sims/action-modal.tsx';
import type { Sim } from '../sims/queries.ts';
import { actionsFor, isPermanent, type OfferedAction } from '../sims/selection.ts';
import { SimDetails } from './details.tsx';
import { EditLabels } from './edit-labels.tsx';
import { simEventsQuery, simQuery } from './queries.ts';
import { ReplaceModal } from './replace-modal.tsx';
import { Usage } from './usage.tsx';

/** A SIM: its state, what it used, what happened to it, and what can be done with it. */
export default function SimPage() {
  const { iccid = '' } = useParams();
  const query = useQuery(simQuery(iccid));
  const editing = useEditing(query);
  return <Loaded query={query}>{({ data }) => <SimOf sim={data} editing={editing} />}</Loaded>;
}

function SimOf({ sim, editing }: { sim: Sim; editing: Editing<Sim> }) {
  const { can } = useSession();
  const [action, setAction] = useState<OfferedAction>();
  const [isReplacing, setReplacing] = useState(false);
  const selection = { kind: 'chosen' as const, sims: [sim] };
  return (
    <ContentLayout
      header={
        <PageHeader
          description={sim.label}
          actions={
            <div className="row">
              {can('updateSim') && <Button onClick={editing.open}>{text.sims.editLabel}</Button>}
              {can('activateSims') &&
                // The form of this one SIM changes its labels.
                actionsFor(selection)
                  .filter((offered) => offered !== 'label' && !isPermanent(offered))
                  .map((offered) => (
                    <Button key={offered} onClick={() => setAction(offered)}>
                      {stateText('action', offered)}
                    </Button>
                  ))}
              <PermanentActions sim={sim} onReplace={() => setReplacing(true)} onAction={setAction} />
            </div>
          }
        >
          {text.sims.sim(sim.iccid)}
        </PageHeader>
      }
    >
      <SpaceBetween size="l">
        <SimDetails sim={sim} />
        {can('getSimUsage') && <Usage iccid={sim.iccid} />}
        <SimTimeline sim={sim} />
      </SpaceBetween>
      {action && <ActionModal action={action} selection={selection} onClose={() => setAction(undefined)} />}
      {isReplacing && <ReplaceModal sim={sim} onClose={() => setReplacing(false)} />}
      {editing.opened && <EditLabels key={editing.opened.etag} editing={editing} {...editing.opened} />}
    </ContentLayout>
  );
}

/** What ends a SIM, apart from the other actions. */
function PermanentActions({
  sim,
  onReplace,
  onAction,
}: {
  sim: Sim;
  onReplace: () => void;
  onAction: (action: OfferedAction) => void;
}) {
  const { can } = useSession();
  const actions = can('activateSims') ? actionsFor({ kind: 'chosen', sims: [sim] }).filter(isPermanent) : [];
  const items = [
    ...(can('replaceSim') && sim.nextActions.includes('replace') ? (['replace'] as const) : []),
    ...actions,
  ].map((id) => ({ id, text: stateText('action', id) }));
  return (
    items.length > 0 && (
      <ButtonDropdown
        items={[{ text: text.sims.permanent, items }]}
        onItemClick={({ detail }) => {
          const action = actions.find((offered) => offered === detail.id);
          if (action) {
            onAction(action);
          } else {
            onReplace();
          }
        }}
      >
        {text.sims.moreActions}
      </ButtonDropdown>
    )
  );
}

function SimTimeline({ sim }: { sim: Sim }) {
  const events = useQuery(simEventsQuery(sim));
  return (
    <Container header={<Header variant="h2">{text.sims.timeline}</Header>}>
      <Loaded query={events}>
        {(lines) => (
          <Timeline
            label={text.sims.timeline}
            lines={lines.map(({ at, type, to, reason, actorEmail, ...names }) => ({
              at,
              title: eventText(text.sims.events, type),
              status: to === undefined || to !== sim.state ? 'success' : statusOf('sim', to),
              detail:
                [
                  names.customerName,
                  names.customerServiceName,
                  names.partnerServiceName,
                  reason && reasonText(reason),
                  actorEmail && text.sims.by(actorEmail),
                ]
                  .filter(Boolean)
                  .join(', ') || undefined,
            }))}
          />
        )}
      </Loaded>
    </Container>
  );
}

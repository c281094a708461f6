import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import { useQuery } from '@tanstack/react-query';
import { api, read } from '../api/client.ts';
import { useSession } from '../session/session-context.tsx';
import * as text from '../text/index.ts';
import { describeChange } from './describe-change.ts';
import { Time } from './time.tsx';

/** Explains that a resource was changed since the user opened it: by whom and how, if the user may read the journal. */
export function ConflictAlert({ resource, onReload }: { resource: string; onReload: () => void }) {
  const { can } = useSession();
  const latest = useQuery({
    queryKey: ['journal', 'latest', resource],
    queryFn: () => read(api.GET('/v1/journal', { params: { query: { resource, limit: 1 } } })),
    enabled: can('listJournalEntries'),
    staleTime: 0,
  }).data?.items[0];
  return (
    <Alert
      type="warning"
      header={text.forms.conflict.title}
      action={<Button onClick={onReload}>{text.forms.conflict.reload}</Button>}
    >
      {text.forms.conflict.text}
      {latest && (
        <Box variant="p">
          {text.forms.conflict.by(latest.actorEmail ?? latest.actor)} <Time at={latest.at} />
        </Box>
      )}
      {latest && latest.changes.length > 0 && (
        <ul>
          {latest.changes.map((change) => (
            <li key={change.field}>{describeChange(change)}</li>
          ))}
        </ul>
      )}
    </Alert>
  );
}

import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import type { TableProps } from '@cloudscape-design/components/table';
import TokenGroup from '@cloudscape-design/components/token-group';
import { api, given, type Resource, read } from '../../api/client.ts';
import { DayInput } from '../../app/day-input.tsx';
import { describeChange } from '../../app/describe-change.ts';
import { FilterText } from '../../app/filter-text.tsx';
import { ListTable } from '../../app/list-table.tsx';
import { ShortTime } from '../../app/time.tsx';
import { useFilters } from '../../app/use-filters.ts';
import { usePages } from '../../app/use-pages.ts';
import * as text from '../../text/index.ts';
import { dayRange } from './day-range.ts';
import { Request } from './request.tsx';

const words = text.journal;

type Entry = Resource<'JournalEntry'>;

/** All accepted changes of the partner, or of the platform, newest first. */
export default function JournalPage() {
  const { parameters, change } = useFilters();
  const filterOf = (name: string) => parameters.get(name) ?? undefined;
  const actor = filterOf('actor');
  const filter = { ...dayRange(filterOf('from'), filterOf('to')), actor, resource: filterOf('resource') };
  const pages = usePages(['journal', filter], (cursor) =>
    read(api.GET('/v1/journal', { params: { query: given({ ...filter, cursor, limit: 50 }) } })),
  );
  const actorName = pages.items.find((entry) => entry.actor === actor)?.actorEmail ?? actor;
  return (
    <ListTable
      title={words.title}
      pages={pages}
      columns={columnsWith((chosen) => change('actor', chosen))}
      idOf={({ requestId }) => requestId}
      empty={{ title: words.empty, hint: words.emptyHint }}
      csv={{ path: `/v1/journal?limit=200&${new URLSearchParams(given(filter))}`, fileName: 'journal.csv' }}
      filter={
        <div className="row">
          {(['from', 'to'] as const).map((side) => (
            <FormField key={side} label={words[side]}>
              <DayInput value={filterOf(side) ?? ''} onChange={(day) => change(side, day)} />
            </FormField>
          ))}
          <FormField label={words.columns.resource}>
            <FilterText
              label={words.resource}
              value={filter.resource ?? ''}
              onChange={(resource) => change('resource', resource)}
            />
          </FormField>
          {actorName !== undefined && (
            <TokenGroup
              items={[{ label: words.actorOnly(actorName), dismissLabel: words.allActors }]}
              onDismiss={() => change('actor', undefined)}
            />
          )}
        </div>
      }
    />
  );
}

/** @param onActor shows only the entries of an actor */
function columnsWith(onActor: (actor: string) => void): TableProps.ColumnDefinition<Entry>[] {
  const { columns } = words;
  return [
    { id: 'at', header: columns.at, isRowHeader: true, cell: ({ at }) => <ShortTime at={at} /> },
    {
      id: 'actor',
      header: columns.actor,
      minWidth: 220,
      cell: ({ actor, actorEmail = actor }) => (
        <Button variant="inline-link" ariaLabel={words.onlyActor(actorEmail)} onClick={() => onActor(actor)}>
          {actorEmail}
        </Button>
      ),
    },
    { id: 'action', header: columns.action, minWidth: 220, cell: (entry) => <Request {...entry} /> },
    {
      id: 'changes',
      header: columns.changes,
      minWidth: 260,
      cell: ({ changes }) => <Changes changes={changes} />,
    },
    { id: 'resource', header: columns.resource, cell: ({ resource }) => resource },
    { id: 'status', header: columns.status, cell: ({ status }) => status },
    { id: 'sourceIp', header: columns.sourceIp, cell: ({ sourceIp }) => sourceIp },
  ];
}

function Changes({ changes }: Pick<Entry, 'changes'>) {
  if (changes.length === 0) {
    return text.shell.none;
  }
  return (
    <ul className="plain-list">
      {changes.map((change) => (
        <li key={change.field}>{describeChange(change)}</li>
      ))}
    </ul>
  );
}

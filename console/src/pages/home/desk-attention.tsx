import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useQuery } from '@tanstack/react-query';
import { api, read } from '../../api/client.ts';
import { formatCount } from '../../app/format.ts';
import { Loaded } from '../../app/loaded.tsx';
import { RouterLink } from '../../app/router-link.tsx';
import * as text from '../../text/index.ts';

const words = text.home.desk;

type List = { items: readonly unknown[]; nextCursor?: string };

const PAGE = { limit: 200 };

/** The lists of the desk in which somebody has something to do, with the least number of items if there are many. */
async function readWork(): Promise<{ kind: keyof typeof words; to: string; count: string }[]> {
  const lists: readonly [keyof typeof words, string, Promise<List>][] = [
    [
      'orders',
      '/desk/orders?state=submitted',
      read(api.GET('/v1/platform/orders', { params: { query: { ...PAGE, state: 'submitted' } } })),
    ],
    ['tasks', '/desk/tasks', read(api.GET('/v1/platform/manual-tasks', { params: { query: PAGE } }))],
    ['differences', '/desk/differences', read(api.GET('/v1/platform/differences', { params: { query: PAGE } }))],
    ['failedWork', '/platform/failed-work', read(api.GET('/v1/platform/set-aside', { params: { query: PAGE } }))],
  ];
  const found = await Promise.all(
    lists.map(async ([kind, to, reading]) => {
      const { items, nextCursor } = await reading;
      return { kind, to, size: items.length, isAtLeast: nextCursor !== undefined };
    }),
  );
  return found
    .filter(({ size }) => size > 0)
    .map(({ kind, to, size, isAtLeast }) => ({ kind, to, count: formatCount({ count: size, isAtLeast }) }));
}

/** What waits for the wholesaler's staff. */
export function DeskAttention() {
  const query = useQuery({ queryKey: ['desk', 'attention'], queryFn: readWork, refetchInterval: 15_000 });
  return (
    <Container header={<Header variant="h2">{text.home.attention}</Header>}>
      <Loaded query={query}>
        {(work) =>
          work.length === 0 ? (
            <StatusIndicator type="success">{text.home.nothing}</StatusIndicator>
          ) : (
            <SpaceBetween size="xs">
              {work.map(({ kind, to, count }) => (
                <StatusIndicator key={kind} type="warning">
                  <RouterLink to={to}>{words[kind](count)}</RouterLink>
                </StatusIndicator>
              ))}
            </SpaceBetween>
          )
        }
      </Loaded>
    </Container>
  );
}

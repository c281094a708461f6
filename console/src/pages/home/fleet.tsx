import Box from '@cloudscape-design/components/box';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import { useQuery } from '@tanstack/react-query';
import { simStates, statesWithCustomer } from '../../../../domain/sim.ts';
import { formatCount } from '../../app/format.ts';
import { Loaded } from '../../app/loaded.tsx';
import { RouterLink } from '../../app/router-link.tsx';
import { State } from '../../app/state.tsx';
import { ShortTime } from '../../app/time.tsx';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';
import { countsQuery } from './queries.ts';

/** The number of SIMs in each state, with a link to them. SIMs of customers have only some of the states. */
export function Fleet() {
  const { caller } = useSession();
  const query = useQuery(countsQuery);
  const shown = caller.kind === 'customer' ? statesWithCustomer : simStates;
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={
            query.data && (
              <>
                {text.home.countedAt} <ShortTime at={query.data.countedAt} />
                {query.data.complete ? '' : ` ${text.home.incomplete}`}
              </>
            )
          }
        >
          {text.home.fleet}
        </Header>
      }
    >
      <Loaded query={query}>
        {({ states, complete }) => (
          <ColumnLayout columns={4} minColumnWidth={150} variant="text-grid">
            {shown.map((state) => (
              <div key={state}>
                <State kind="sim" value={state} />
                <Box fontSize="display-l" fontWeight="bold">
                  <RouterLink to={`/sims?state=${state}`} fontSize="inherit">
                    {formatCount({ count: states[state] ?? 0, isAtLeast: !complete })}
                  </RouterLink>
                </Box>
              </div>
            ))}
          </ColumnLayout>
        )}
      </Loaded>
    </Container>
  );
}

import Box from '@cloudscape-design/components/box';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import { useQuery } from '@tanstack/react-query';
import { formatCount } from '../../app/format.ts';
import { Loaded } from '../../app/loaded.tsx';
import { RouterLink } from '../../app/router-link.tsx';
import { State } from '../../app/state.tsx';
import * as text from '../../text/index.ts';
import { fleetQuery } from './queries.ts';

/** The number of SIMs in each state, with a link to them. */
export function Fleet() {
  const query = useQuery(fleetQuery);
  return (
    <Container
      header={
        <Header variant="h2" description={text.home.fleetHint}>
          {text.home.fleet}
        </Header>
      }
    >
      <Loaded query={query}>
        {(counts) => (
          <ColumnLayout columns={4} minColumnWidth={150} variant="text-grid">
            {counts.map(({ state, count, isAtLeast }) => (
              <div key={state}>
                <State kind="sim" value={state} />
                <Box fontSize="display-l" fontWeight="bold">
                  <RouterLink to={`/sims?state=${state}`} fontSize="inherit">
                    {formatCount({ count, isAtLeast })}
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

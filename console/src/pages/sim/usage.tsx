import BarChart from '@cloudscape-design/components/bar-chart';
import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { formatBytes } from '../../app/format.ts';
import { Loaded } from '../../app/loaded.tsx';
import * as text from '../../text/index.ts';
import { simUsageQuery } from './queries.ts';
import { type Granularity, granularities, sumByTime } from './usage-range.ts';

/** What a SIM used, by hour, day or month. */
export function Usage({ iccid }: { iccid: string }) {
  const [granularity, setGranularity] = useState<Granularity>('day');
  const query = useQuery(simUsageQuery(iccid, granularity));
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <SegmentedControl
              label={text.sims.usage}
              selectedId={granularity}
              options={granularities.map((id) => ({ id, text: text.sims.granularity[id] }))}
              onChange={({ detail }) => setGranularity(granularities.find((id) => id === detail.selectedId) ?? 'day')}
            />
          }
        >
          {text.sims.usage}
        </Header>
      }
    >
      <Loaded query={query}>
        {({ points, totalBytes }) =>
          points.length === 0 ? (
            <Box color="text-body-secondary">{text.sims.noUsage}</Box>
          ) : (
            <BarChart
              height={200}
              hideFilter
              hideLegend
              ariaLabel={text.sims.usage}
              ariaDescription={text.sims.usageTotal(formatBytes(totalBytes))}
              xScaleType="categorical"
              xTitle={text.sims.usageTotal(formatBytes(totalBytes))}
              yTickFormatter={formatBytes}
              series={[
                {
                  type: 'bar',
                  title: text.sims.usage,
                  valueFormatter: formatBytes,
                  data: sumByTime(points).map(({ at, bytes }) => ({ x: labelOf(at, granularity), y: bytes })),
                },
              ]}
            />
          )
        }
      </Loaded>
    </Container>
  );
}

/** The API sums by hours, days and months in UTC. */
function labelOf(at: Date, granularity: Granularity): string {
  const formats: Record<Granularity, Intl.DateTimeFormatOptions> = {
    hour: { day: 'numeric', hour: '2-digit', minute: '2-digit', timeZone: 'UTC' },
    day: { month: 'short', day: 'numeric', timeZone: 'UTC' },
    month: { year: 'numeric', month: 'short', timeZone: 'UTC' },
  };
  return at.toLocaleString(undefined, formats[granularity]);
}

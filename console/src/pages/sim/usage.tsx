import BarChart from '@cloudscape-design/components/bar-chart';
import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { formatBytes } from '../../app/format.ts';
import { Loaded } from '../../app/loaded.tsx';
import { Time } from '../../app/time.tsx';
import * as text from '../../text/index.ts';
import { simUsageQuery } from './queries.ts';
import { type Granularity, granularities, labelOf } from './usage-range.ts';

const words = text.sims;

/** What a SIM used in the last two days, 30 days or twelve months. */
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
              label={words.usage}
              selectedId={granularity}
              options={granularities.map((id) => ({ id, text: words.granularity[id] }))}
              onChange={({ detail }) => setGranularity(granularities.find((id) => id === detail.selectedId) ?? 'day')}
            />
          }
        >
          {words.usage}
        </Header>
      }
    >
      <Loaded query={query}>
        {({ bars, totalBytes, completeUntil }) => (
          <SpaceBetween size="xs">
            {totalBytes === 0 ? (
              <Box color="text-body-secondary">{words.noUsage[granularity]}</Box>
            ) : (
              <BarChart
                height={200}
                hideFilter
                hideLegend
                ariaLabel={words.usage}
                ariaDescription={words.usageTotal[granularity](formatBytes(totalBytes))}
                xScaleType="categorical"
                xDomain={bars.map(({ period }) => period)}
                xTitle={words.usageTotal[granularity](formatBytes(totalBytes))}
                i18nStrings={{ xTickFormatter: (period) => labelOf(period, granularity) }}
                yTickFormatter={formatBytes}
                series={[
                  {
                    type: 'bar',
                    title: words.usage,
                    valueFormatter: formatBytes,
                    data: bars.flatMap(({ period, bytes }) => (bytes === undefined ? [] : [{ x: period, y: bytes }])),
                  },
                ]}
              />
            )}
            <Box color="text-body-secondary">
              {completeUntil === undefined ? (
                words.usageIncomplete
              ) : (
                <>
                  {words.usageComplete} <Time at={completeUntil} />
                </>
              )}
            </Box>
          </SpaceBetween>
        )}
      </Loaded>
    </Container>
  );
}

import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Resource } from '../api/client.ts';
import { serverNow } from '../api/server-time.ts';
import { formatBytes, formatDay, formatMonth, formatNumber } from '../app/format.ts';
import { Loaded } from '../app/loaded.tsx';
import { pollEvery } from '../app/polling.ts';
import { RouterLink } from '../app/router-link.tsx';
import { Time } from '../app/time.tsx';
import * as text from '../text/index.ts';
import type { ServiceKind } from './service-kind.ts';
import { poolShare, recentPeriods, shareOf } from './usage-share.ts';

const words = text.services.usage;

const MONTHS = 12;

/** What the SIMs of a service used in a month against the allowance, with the forecast and the SIMs that used most. */
export function ServiceUsage({ kind, id }: { kind: ServiceKind; id: string }) {
  const [period, setPeriod] = useState<string>();
  const query = useQuery({
    queryKey: [kind.key, id, 'usage', period],
    queryFn: () => kind.usage(id, period),
    placeholderData: keepPreviousData,
    refetchInterval: pollEvery(15_000),
  });
  const shown = query.data?.period;
  const months = shown === undefined || period !== undefined ? recentPeriods(serverNow(), MONTHS) : recentFrom(shown);
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <Select
              ariaLabel={words.period}
              selectedOption={shown === undefined ? null : monthOption(shown)}
              placeholder={words.period}
              options={months.map(monthOption)}
              onChange={({ detail }) => setPeriod(detail.selectedOption.value)}
            />
          }
        >
          {words.title}
        </Header>
      }
    >
      <Loaded query={query}>{(usage) => <Usage usage={usage} />}</Loaded>
    </Container>
  );
}

const monthOption = (value: string) => ({ value, label: formatMonth(value) });

/** The months up to the current one of the API. */
const recentFrom = (period: string) => recentPeriods(new Date(`${period}-15T00:00:00Z`), MONTHS);

function Usage({ usage }: { usage: Resource<'ServiceUsage'> }) {
  const { usedBytes, allowanceBytes, pooling, sims, forecast, completeUntil } = usage;
  const share = poolShare(usage);
  const used = formatBytes(usedBytes);
  const allowance = allowanceBytes === undefined ? undefined : formatBytes(allowanceBytes);
  const allowanceLabel = pooling === 'per_sim' ? words.perSim : words.pool;
  return (
    <SpaceBetween size="l">
      {forecast !== undefined && <Alert type="warning">{words.exhausted(formatDay(forecast))}</Alert>}
      {share !== undefined && allowance !== undefined && (
        <ProgressBar
          label={words.allowance}
          value={Math.min(share, 100)}
          description={words.ofAllowance(used, allowance)}
          additionalInfo={share >= 100 ? `${formatNumber(share)}%` : undefined}
        />
      )}
      <KeyValuePairs
        columns={4}
        items={[
          { label: words.used, value: used },
          { label: allowanceLabel, value: allowance ?? text.shell.none },
          { label: words.sims, value: formatNumber(sims) },
          { label: words.completeUntil, value: <Time at={completeUntil} /> },
        ]}
      />
      <TopSims usage={usage} />
    </SpaceBetween>
  );
}

type TopSim = Resource<'ServiceUsage'>['topSims'][number];

function TopSims({ usage: { topSims, allowanceBytes, pooling } }: { usage: Resource<'ServiceUsage'> }) {
  const columns: TableProps.ColumnDefinition<TopSim>[] = [
    {
      id: 'iccid',
      header: words.iccid,
      isRowHeader: true,
      cell: ({ iccid }) => <RouterLink to={`/sims/${iccid}`}>{iccid}</RouterLink>,
    },
    { id: 'bytes', header: words.used, cell: ({ bytes }) => formatBytes(bytes) },
  ];
  const share: TableProps.ColumnDefinition<TopSim> = {
    id: 'share',
    header: words.share,
    cell: ({ bytes }) => `${formatNumber(shareOf(bytes, allowanceBytes) ?? 0)}%`,
  };
  return (
    <Table
      variant="embedded"
      header={<Header variant="h3">{words.topSims}</Header>}
      items={topSims}
      trackBy="iccid"
      empty={<Box color="text-body-secondary">{words.noUsage}</Box>}
      columnDefinitions={pooling === 'per_sim' ? [...columns, share] : columns}
    />
  );
}

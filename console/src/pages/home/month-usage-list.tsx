import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { formatBytes, formatNumber } from '../../app/format.ts';
import { Loaded } from '../../app/loaded.tsx';
import { RouterLink } from '../../app/router-link.tsx';
import * as text from '../../text/index.ts';
import { servicePath, totalBytes, withUsage } from './month-usage.ts';
import { type UsageByService, usageQuery } from './queries.ts';

const words = text.home.usage;

const MAX_SERVICES = 8;

/** What SIMs used this month, and the services that used most of their allowance. */
export function MonthUsage() {
  const query = useQuery(usageQuery);
  return (
    <Container header={<Header variant="h2">{words.title}</Header>}>
      <Loaded query={query}>
        {({ items, nextCursor }) => {
          const used = withUsage(items);
          return used.length === 0 ? (
            <Box color="text-body-secondary">{words.none}</Box>
          ) : (
            <SpaceBetween size="m">
              <Box variant="p">{words.total(formatBytes(totalBytes(items)), nextCursor !== undefined)}</Box>
              {used.slice(0, MAX_SERVICES).map((usage) => (
                <Service key={usage.serviceId} usage={usage} />
              ))}
            </SpaceBetween>
          );
        }}
      </Loaded>
    </Container>
  );
}

function Service({ usage }: { usage: UsageByService }) {
  const { name, usedBytes, usedPercent, pooling, allowanceBytes = 0 } = usage;
  const link = <RouterLink to={servicePath(usage)}>{name}</RouterLink>;
  if (usedPercent === undefined) {
    return (
      <div>
        {link} {words.used(formatBytes(usedBytes))}
      </div>
    );
  }
  const allowance = formatBytes(allowanceBytes);
  return (
    <ProgressBar
      ariaLabel={name}
      label={link}
      value={Math.min(usedPercent, 100)}
      description={
        pooling === 'per_sim'
          ? words.highest(formatBytes(usage.topSim?.bytes ?? 0), allowance)
          : words.ofPool(formatBytes(usedBytes), allowance)
      }
      additionalInfo={usedPercent > 100 ? words.percent(formatNumber(usedPercent)) : undefined}
    />
  );
}

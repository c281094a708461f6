import Box from '@cloudscape-design/components/box';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { api, type Resource, read } from '../../api/client.ts';
import { CheckedFile } from '../../app/checked-file.tsx';
import { ChoiceField } from '../../app/choice-field.tsx';
import { ResourcePage } from '../../app/resource-page.tsx';
import { useFilters } from '../../app/use-filters.ts';
import * as text from '../../text/index.ts';
import { platformOperatorsQuery } from '../operators/queries.ts';
import { partnerChoicesQuery } from '../partners/queries.ts';

const t = text.platform.imports;

/** Takes over SIMs that a partner already has at an operator. */
export default function ImportsPage() {
  const { parameters, change } = useFilters();
  const partners = useQuery(partnerChoicesQuery).data ?? [];
  const operators = useQuery(platformOperatorsQuery).data ?? [];
  const partnerId = parameters.get('partnerId') ?? '';
  const operatorId = parameters.get('operatorId') ?? '';
  return (
    <ResourcePage title={t.title} description={t.lead}>
      <Container>
        <SpaceBetween size="l">
          <ColumnLayout columns={2}>
            <ChoiceField
              label={t.partner}
              value={partnerId}
              options={partners.map(({ id, name }) => ({ value: id, label: name, description: id }))}
              onChange={(value) => change('partnerId', value)}
            />
            <ChoiceField
              label={t.operator}
              value={operatorId}
              options={operators.map(({ id, name }) => ({ value: id, label: name }))}
              onChange={(value) => change('operatorId', value)}
            />
          </ColumnLayout>
          <Box variant="p">{t.states}</Box>
          {partnerId !== '' && operatorId !== '' ? (
            <CheckedFile
              key={`${partnerId} ${operatorId}`}
              label={t.file}
              hint={t.hint}
              upload={(csv, options) => importSims({ partnerId, operatorId }, csv, options)}
            />
          ) : (
            <Box color="text-body-secondary">{t.chooseFirst}</Box>
          )}
        </SpaceBetween>
      </Container>
    </ResourcePage>
  );
}

const importSims = (
  { partnerId, operatorId }: { partnerId: string; operatorId: string },
  csv: string,
  { isDryRun }: { isDryRun: boolean },
): Promise<Resource<'LoadedFile'>> =>
  read(
    api.POST('/v1/platform/partners/{partnerId}/imports', {
      params: { path: { partnerId }, query: { operatorId, ...(isDryRun && { dryRun: 'true' }) } },
      body: csv,
      bodySerializer: String,
      headers: { 'content-type': 'text/csv' },
    }),
  );

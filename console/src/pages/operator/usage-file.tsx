import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FileUpload from '@cloudscape-design/components/file-upload';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { messagesFor } from '../../api/api-problem.ts';
import { api, read } from '../../api/client.ts';
import { formatNumber } from '../../app/format.ts';
import { RowErrors } from '../../app/row-errors.tsx';
import * as text from '../../text/index.ts';

const t = text.operators.usageFile;

/** Uploads usage records of an operator that reports them in files. Each record counts once. */
export function UsageFile({ operatorId }: { operatorId: string }) {
  const [file, setFile] = useState<File>();
  const upload = useMutation({
    mutationFn: async (chosen: File) =>
      read(
        api.POST('/v1/platform/operators/{operatorId}/usage', {
          params: { path: { operatorId } },
          body: await chosen.text(),
          bodySerializer: String,
          headers: { 'content-type': 'text/csv' },
        }),
      ),
    onSuccess: () => setFile(undefined),
  });
  const { data, error } = upload;
  return (
    <Container header={<Header variant="h2">{t.title}</Header>}>
      <SpaceBetween size="m">
        <FormField label={text.files.file} description={t.lead}>
          <FileUpload
            value={file ? [file] : []}
            accept=".csv,text/csv,text/plain"
            showFileSize
            i18nStrings={text.files.upload}
            onChange={({ detail }) => {
              upload.reset();
              setFile(detail.value[0]);
            }}
          />
        </FormField>
        <div role="status">
          {error && <Alert type="error">{messagesFor(error, []).other}</Alert>}
          {data && (
            <Alert
              type={data.errors.length > 0 ? 'warning' : 'success'}
              header={t.uploaded(formatNumber(data.counted), formatNumber(data.records))}
            />
          )}
        </div>
        {data && data.errors.length > 0 && <RowErrors errors={data.errors} />}
        <Button
          variant="primary"
          disabled={!file}
          loading={upload.isPending}
          onClick={() => file && upload.mutate(file)}
        >
          {t.upload}
        </Button>
      </SpaceBetween>
    </Container>
  );
}

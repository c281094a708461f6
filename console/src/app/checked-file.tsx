import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import FileUpload from '@cloudscape-design/components/file-upload';
import FormField from '@cloudscape-design/components/form-field';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { messagesFor } from '../api/api-problem.ts';
import type { Resource } from '../api/client.ts';
import * as text from '../text/index.ts';
import { formatNumber } from './format.ts';
import { RowErrors } from './row-errors.tsx';

type LoadedFile = Resource<'LoadedFile'>;

const t = text.files;

/** A CSV file of SIMs that is checked as soon as it is chosen, and loaded when the user has seen the result. */
export function CheckedFile({
  label,
  hint,
  isDisabled = false,
  upload,
  onLoaded,
}: {
  label: string;
  /** The columns of the file. */
  hint: string;
  isDisabled?: boolean;
  upload: (csv: string, options: { isDryRun: boolean }) => Promise<LoadedFile>;
  onLoaded?: () => void;
}) {
  const [file, setFile] = useState<File>();
  const check = useMutation({ mutationFn: async (chosen: File) => upload(await chosen.text(), { isDryRun: true }) });
  const load = useMutation({
    mutationFn: async (chosen: File) => upload(await chosen.text(), { isDryRun: false }),
    onSuccess: () => {
      setFile(undefined);
      onLoaded?.();
    },
  });
  const choose = (chosen: File | undefined) => {
    setFile(chosen);
    check.reset();
    load.reset();
    if (chosen) {
      check.mutate(chosen);
    }
  };
  const result = load.data ?? (load.isPending ? undefined : check.data);
  const error = load.error ?? check.error;
  return (
    <SpaceBetween size="m">
      <FormField label={label} description={hint}>
        <FileUpload
          value={file ? [file] : []}
          accept=".csv,text/csv,text/plain"
          showFileSize
          ariaRequired
          i18nStrings={t.upload}
          onChange={({ detail }) => choose(detail.value[0])}
        />
      </FormField>
      <div role="status">
        {(check.isPending || load.isPending) && t.working}
        {error && <Alert type="error">{messagesFor(error, []).other}</Alert>}
        {result && <Summary result={result} isLoaded={load.data !== undefined} />}
      </div>
      {result && result.errors.length > 0 && <RowErrors errors={result.errors} />}
      {file && check.data && (
        <Button
          variant="primary"
          loading={load.isPending}
          disabled={isDisabled || check.data.loaded === 0}
          onClick={() => load.mutate(file)}
        >
          {t.load(formatNumber(check.data.loaded))}
        </Button>
      )}
    </SpaceBetween>
  );
}

/** What was loaded, or would be. */
function Summary({ result, isLoaded }: { result: LoadedFile; isLoaded: boolean }) {
  const { rows, loaded, alreadyLoaded, rejected } = result;
  const counts = (isLoaded ? t.loaded : t.loadable)(formatNumber(loaded), formatNumber(rows));
  return (
    <Alert type={rejected > 0 ? 'warning' : 'success'} header={counts}>
      {[
        alreadyLoaded > 0 && t.alreadyLoaded(formatNumber(alreadyLoaded)),
        rejected > 0 && t.rejected(formatNumber(rejected)),
      ]
        .filter(Boolean)
        .join(' ')}
    </Alert>
  );
}

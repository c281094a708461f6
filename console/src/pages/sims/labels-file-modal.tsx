import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { CheckedFile } from '../../app/checked-file.tsx';
import * as text from '../../text/index.ts';
import { loadLabels, simFieldsQuery } from './queries.ts';

const words = text.sims.labelsFile;

/** Sets labels, tags and fields of many SIMs from a CSV file, after a check with the errors of its rows. */
export function LabelsFileModal({ onClose }: { onClose: () => void }) {
  const queries = useQueryClient();
  const names = useQuery(simFieldsQuery).data?.data.names ?? [];
  return (
    <Modal
      visible
      size="large"
      header={words.title}
      onDismiss={onClose}
      footer={
        <Box float="right">
          <Button onClick={onClose}>{text.shell.close}</Button>
        </Box>
      }
    >
      <CheckedFile
        label={text.files.file}
        hint={words.hint(['iccid', 'label', 'tags', ...names.map((name) => `field:${name}`)].join(', '))}
        upload={loadLabels}
        onLoaded={() => void queries.invalidateQueries({ queryKey: ['sims'] })}
      />
    </Modal>
  );
}

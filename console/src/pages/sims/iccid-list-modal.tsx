import Alert from '@cloudscape-design/components/alert';
import Checkbox from '@cloudscape-design/components/checkbox';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FileUpload from '@cloudscape-design/components/file-upload';
import FormField from '@cloudscape-design/components/form-field';
import { useMemo, useState } from 'react';
import { MAX_ICCIDS } from '../../../../domain/operation.ts';
import { FormModal } from '../../app/form-modal.tsx';
import { formatNumber } from '../../app/format.ts';
import { TextField } from '../../app/text-field.tsx';
import * as text from '../../text/index.ts';
import { type IccidList, parseIccids } from './parse-iccids.ts';

const words = text.sims.list;

/** The number of texts that are listed when they were not understood. */
const MAX_SHOWN = 100;

/** Selects SIMs by a list of ICCIDs, pasted or from a file. The list is read here; the API finds the SIMs with the action. */
export function IccidListModal({ onUse, onClose }: { onUse: (iccids: string[]) => void; onClose: () => void }) {
  const [pasted, setPasted] = useState('');
  const [file, setFile] = useState<File>();
  const [usesDoubtful, setUsesDoubtful] = useState(false);
  const list = useMemo(() => parseIccids(pasted), [pasted]);
  const iccids = usesDoubtful ? [...list.iccids, ...list.doubtful.map(({ text: iccid }) => iccid)] : list.iccids;
  const isTooLong = iccids.length > MAX_ICCIDS;
  const choose = async (chosen: File | undefined) => {
    setFile(chosen);
    setPasted(chosen ? await chosen.text() : '');
  };
  return (
    <FormModal
      title={words.title}
      size="large"
      submit={words.use(formatNumber(iccids.length))}
      isComplete={iccids.length > 0 && !isTooLong}
      save={{ mutate: () => onUse(iccids), isPending: false, error: undefined }}
      onClose={onClose}
    >
      <TextField
        label={words.iccids}
        hint={words.hint(formatNumber(MAX_ICCIDS))}
        rows={8}
        value={pasted}
        error={isTooLong ? words.tooLong(formatNumber(iccids.length), formatNumber(MAX_ICCIDS)) : undefined}
        onChange={(typed) => {
          setFile(undefined);
          setPasted(typed);
        }}
      />
      <FormField label={words.file} constraintText={words.fileHint}>
        <FileUpload
          value={file ? [file] : []}
          accept=".csv,.txt,text/csv,text/plain"
          i18nStrings={text.files.upload}
          onChange={({ detail }) => void choose(detail.value[0])}
        />
      </FormField>
      <div role="status">
        {pasted.trim() !== '' && <Understood list={list} usesDoubtful={usesDoubtful} onUseDoubtful={setUsesDoubtful} />}
      </div>
    </FormModal>
  );
}

/** What was read from the list, and what was not. */
function Understood({
  list,
  usesDoubtful,
  onUseDoubtful,
}: {
  list: IccidList;
  usesDoubtful: boolean;
  onUseDoubtful: (uses: boolean) => void;
}) {
  const { iccids, doubtful, rejected, repeated } = list;
  return (
    <div className="stack">
      <Alert
        type={rejected.length + doubtful.length > 0 ? 'warning' : 'success'}
        header={words.understood(formatNumber(iccids.length))}
      >
        {[
          repeated > 0 && words.repeated(formatNumber(repeated)),
          rejected.length > 0 && words.rejected(formatNumber(rejected.length)),
          doubtful.length > 0 && words.doubtful(formatNumber(doubtful.length)),
        ]
          .filter(Boolean)
          .join(' ')}
      </Alert>
      {rejected.length > 0 && <Lines title={words.rejectedTitle} lines={rejected} isOpen />}
      {doubtful.length > 0 && (
        <>
          <Lines title={words.doubtfulTitle} lines={doubtful} />
          <Checkbox
            checked={usesDoubtful}
            description={words.useDoubtfulHint}
            onChange={({ detail }) => onUseDoubtful(detail.checked)}
          >
            {words.useDoubtful}
          </Checkbox>
        </>
      )}
    </div>
  );
}

function Lines({ title, lines, isOpen = false }: { title: string; lines: IccidList['rejected']; isOpen?: boolean }) {
  return (
    <ExpandableSection headerText={title} defaultExpanded={isOpen}>
      <ul>
        {lines.slice(0, MAX_SHOWN).map(({ place: { unit, number }, text: written, reason }) => (
          <li key={`${number} ${written}`}>{words[unit](number, written, reason)}</li>
        ))}
        {lines.length > MAX_SHOWN && <li>{words.more(formatNumber(lines.length - MAX_SHOWN))}</li>}
      </ul>
    </ExpandableSection>
  );
}

import Steps, { type StepsProps } from '@cloudscape-design/components/steps';
import * as text from '../text/index.ts';
import { formatTime } from './format.ts';
import type { Status } from './state-status.ts';

/** What happened to a resource, oldest first. */
export function Timeline({
  label,
  lines,
}: {
  label: string;
  lines: readonly { at: string; title: string; status: Status; detail?: string | undefined }[];
}) {
  const steps = lines.map(({ at, title, status, detail }): StepsProps.Step => {
    const { local, utc } = formatTime(at);
    return {
      header: title,
      details: [`${local} (${utc})`, detail].filter(Boolean).join(' · '),
      status: status === 'pending' ? 'in-progress' : status,
      statusIconAriaLabel: title,
    };
  });
  return steps.length > 0 ? <Steps steps={steps} ariaLabel={label} /> : text.shell.none;
}

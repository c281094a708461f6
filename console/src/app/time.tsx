import * as text from '../text/index.ts';
import { formatTime } from './format.ts';

/** A time in the viewer's zone with UTC beside. */
export function Time({ at }: { at: string | undefined }) {
  if (at === undefined) {
    return text.shell.none;
  }
  const { local, utc } = formatTime(at);
  return (
    <time dateTime={at}>
      {local} ({utc})
    </time>
  );
}

/** The short form, for tables: UTC is in the tooltip. */
export function ShortTime({ at }: { at: string | undefined }) {
  if (at === undefined) {
    return text.shell.none;
  }
  const { local, utc } = formatTime(at);
  return (
    <time dateTime={at} title={utc}>
      {local}
    </time>
  );
}

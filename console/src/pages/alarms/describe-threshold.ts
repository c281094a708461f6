import { formatBytes, formatNumber } from '../../app/format.ts';
import * as text from '../../text/index.ts';

/** A threshold in words. */
export function describeThreshold({ percent, bytes = 0 }: { percent?: number; bytes?: number }): string {
  return percent === undefined ? formatBytes(bytes) : text.alarms.threshold.ofAllowance(formatNumber(percent));
}

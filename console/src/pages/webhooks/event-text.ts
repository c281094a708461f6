import * as text from '../../text/index.ts';

/** A pattern of event types in words; a single type is shown as systems receive it. */
export function eventText(pattern: string): string {
  if (pattern === '*') {
    return text.webhooks.allEvents;
  }
  return pattern.endsWith('.*') ? text.webhooks.allOf(pattern.slice(0, -2)) : pattern;
}

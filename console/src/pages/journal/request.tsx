import Box from '@cloudscape-design/components/box';
import { summaries } from '../../../generated/summaries.ts';
import type { Resource } from '../../api/client.ts';

/** What a request did, in the words of the API's reference, with the request below it. */
export function Request({ method, route }: Pick<Resource<'JournalEntry'>, 'method' | 'route'>) {
  const request = `${method} ${route}`;
  // A route of another release may have no summary.
  const summary = summaries[request];
  return summary === undefined ? (
    request
  ) : (
    <>
      <div>{summary}</div>
      <Box variant="small" display="block" color="text-body-secondary">
        {request}
      </Box>
    </>
  );
}

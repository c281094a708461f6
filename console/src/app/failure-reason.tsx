import Box from '@cloudscape-design/components/box';
import { stateText } from '../text/state-text.ts';

/** Why an action on a SIM fails: in a few words, and in the API's own. */
export function FailureReason({ code, detail }: { code: string; detail: string }) {
  return (
    <>
      {stateText('problem', code)}
      <Box variant="small" display="block">
        {detail}
      </Box>
    </>
  );
}

import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import { ApiProblem } from '../api/api-problem.ts';
import * as text from '../text/index.ts';

/** Shows why a request failed, with the id that support asks for. */
export function ProblemAlert({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const requestId = error instanceof ApiProblem ? error.requestId : undefined;
  return (
    <Alert type="error" {...(onRetry && { action: <Button onClick={onRetry}>{text.shell.tryAgain}</Button> })}>
      {error instanceof Error ? error.message : String(error)}
      {requestId && (
        <Box variant="small" display="block">
          {text.shell.problem(requestId)}
        </Box>
      )}
    </Alert>
  );
}

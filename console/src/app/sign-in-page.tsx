import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import * as text from '../text/index.ts';

/** What users see before they sign in, or when their token gives them no rights. */
export function SignInPage({
  message,
  onSignIn,
  onSignOut,
}: {
  message?: string;
  onSignIn?: () => void;
  onSignOut?: () => void;
}) {
  return (
    <main className="sign-in">
      <Container header={<Header variant="h1">{text.shell.product}</Header>}>
        <Box variant="p">{message ?? text.shell.signInLead}</Box>
        {onSignIn && (
          <Button variant="primary" onClick={onSignIn}>
            {text.shell.signIn}
          </Button>
        )}
        {onSignOut && <Button onClick={onSignOut}>{text.shell.signOut}</Button>}
      </Container>
    </main>
  );
}

import { ServiceError } from '../aws-json-server.ts';
import type { SignInStep, SignIns } from './sign-ins.ts';

/** What the sign-in page asks for next. `problem` is why the answer before was refused. */
export type PageStep = { problem?: string } & (
  | { asksFor: 'user'; username?: string }
  | { asksFor: 'newPassword'; session: string }
  | { asksFor: 'newAuthenticator'; session: string; key: string }
  | { asksFor: 'code'; session: string }
);

/** Takes the answer of a form of the page, whose field `step` names it: the next step, or the user who has signed in. */
export async function nextOnPage(form: URLSearchParams, signIns: SignIns): Promise<PageStep | { userId: string }> {
  const field = (name: string) => form.get(name) ?? '';
  const session = field('session');
  const step = field('step');
  try {
    switch (step) {
      case 'password':
        return pageStep(await signIns.begin({ username: field('username'), password: field('password') }), signIns);
      case 'newPassword':
        return field('password') === field('repeated')
          ? pageStep(await signIns.setPassword(session, field('password')), signIns)
          : { asksFor: 'newPassword', session, problem: 'The passwords are not the same.' };
      case 'newAuthenticator': {
        const verified = await signIns.verifyAuthenticator(session, field('code'));
        return pageStep(signIns.finishSetup(verified.session), signIns);
      }
      case 'code':
        return pageStep(await signIns.enterCode(session, field('code')), signIns);
      default:
        return { asksFor: 'user' };
    }
  } catch (error) {
    if (error instanceof ServiceError) {
      return refused(error, { step, session, form });
    }
    throw error;
  }
}

function pageStep(next: SignInStep, signIns: SignIns): PageStep | { userId: string } {
  switch (next.challenge) {
    case undefined:
      return { userId: next.user.id };
    case 'NEW_PASSWORD_REQUIRED':
      return { asksFor: 'newPassword', session: next.session };
    case 'MFA_SETUP':
      return { asksFor: 'newAuthenticator', ...signIns.newAuthenticator(next.session) };
    case 'SOFTWARE_TOKEN_MFA':
      return { asksFor: 'code', session: next.session };
  }
}

/** A refused answer can be corrected in its session. When the session has ended, the sign-in begins again. */
function refused(
  { name, message: problem }: ServiceError,
  { step, session, form }: { step: string; session: string; form: URLSearchParams },
): PageStep {
  if (step === 'password') {
    return { asksFor: 'user', username: form.get('username') ?? '', problem };
  }
  if (name === 'NotAuthorizedException') {
    return { asksFor: 'user', problem: `Start the sign-in again. ${problem}` };
  }
  if (step === 'newAuthenticator') {
    return { asksFor: 'newAuthenticator', session, key: form.get('key') ?? '', problem };
  }
  return { asksFor: step === 'code' ? 'code' : 'newPassword', session, problem };
}

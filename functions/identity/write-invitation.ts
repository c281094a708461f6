import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { authorizeUrl } from '../../adapters/cognito/sign-in-page.ts';
import { findUserClient } from '../../adapters/cognito/user-clients.ts';
import { required } from '../../adapters/environment.ts';
import { logger } from '../../adapters/telemetry/logger.ts';
import { invitationEmail } from '../../domain/invitation-email.ts';

/**
 * The relevant parts of the event of Cognito's custom message trigger. The parameters are the placeholders that Cognito replaces.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-custom-message.html
 */
export type MessageEvent = {
  triggerSource: string;
  userPoolId: string;
  request: { codeParameter: string; usernameParameter?: string | null };
  response: object;
};

const INVITATION = 'CustomMessage_AdminCreateUser';

/** The sign-in link. It does not change while the pool exists. */
let link: Promise<string | undefined> | undefined;

/**
 * Writes the invitations of the user pool. Other messages keep Cognito's text.
 *
 * An invitation without a link is better than none: if the link cannot be determined, the text does without it.
 */
export const handler = middy<MessageEvent, unknown, Error, Context>()
  .use(injectLambdaContext(logger, { resetKeys: true }))
  .handler(async (event) => {
    const { triggerSource, userPoolId, request } = event;
    if (triggerSource !== INVITATION) {
      return event;
    }
    link ??= findLink(userPoolId).catch((error: unknown) => {
      link = undefined;
      logger.error('the sign-in link of an invitation is unknown', { error });
      return undefined;
    });
    const { subject, body } = invitationEmail({
      username: request.usernameParameter ?? '',
      password: request.codeParameter,
      link: await link,
      needsSecondFactor: process.env.SECOND_FACTOR === 'required',
      endsOnOwnMachine: !process.env.CONSOLE_URL && new URL(required('CALLBACK_URL')).hostname === 'localhost',
    });
    return { ...event, response: { ...event.response, emailSubject: subject, emailMessage: body } };
  });

/** The console if there is one, otherwise the page of the user pool. */
async function findLink(userPoolId: string): Promise<string> {
  const { CONSOLE_URL } = process.env;
  if (CONSOLE_URL) {
    return CONSOLE_URL;
  }
  const clientId = await findUserClient(userPoolId);
  if (clientId === undefined) {
    throw new Error('The user pool has no client for users.');
  }
  return authorizeUrl({ pages: required('SIGN_IN_URL'), clientId, callback: required('CALLBACK_URL') });
}

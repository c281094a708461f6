import * as z from 'zod';
import { ServiceError } from '../aws-json-server.ts';
import type { Functions } from '../lambda/functions.ts';
import { region } from '../template/identity.ts';
import type { UserPoolPart } from '../template/parts.ts';
import type { PoolUser } from './user-pool.ts';

/** An email that the pool would send. */
export type PoolEmail = { at: string; to: string; subject: string; body: string };

/** The emails of a user pool, which stay on this machine. */
export type Emails = {
  /** Sends a user the temporary password. @throws ServiceError when the pool's function fails or omits a placeholder */
  invite(user: PoolUser, password: string): Promise<void>;
  /** The latest emails, newest first. */
  list(): readonly PoolEmail[];
};

const MAX_KEPT = 200;
const USERNAME = '{username}';
const CODE = '{####}';

const messageSchema = z.object({
  response: z.object({ emailSubject: z.string().nullish(), emailMessage: z.string().nullish() }),
});

/** https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-custom-message.html */
export function openEmails(part: UserPoolPart, { functions }: { functions: Pick<Functions, 'invoke'> }): Emails {
  const sent: PoolEmail[] = [];

  async function compose(user: PoolUser): Promise<{ subject: string; body: string }> {
    const written = part.messageFunctionArn === undefined ? {} : await askFunction(part.messageFunctionArn, user);
    return {
      subject: written.emailSubject ?? 'Your temporary password',
      body: written.emailMessage ?? `Your username is ${USERNAME} and temporary password is ${CODE}.`,
    };
  }

  async function askFunction(arn: string, user: PoolUser) {
    const event = {
      version: '1',
      triggerSource: 'CustomMessage_AdminCreateUser',
      region,
      userPoolId: part.id,
      userName: user.id,
      callerContext: { awsSdkVersion: 'local', clientId: 'CLIENT_ID_NOT_APPLICABLE' },
      request: {
        userAttributes: { sub: user.id, 'cognito:user_status': user.status, ...user.attributes },
        codeParameter: CODE,
        usernameParameter: USERNAME,
      },
      response: { smsMessage: null, emailMessage: null, emailSubject: null },
    };
    const result = await functions.invoke(arn, JSON.stringify(event));
    if (!result.ok) {
      throw new ServiceError(
        'UserLambdaValidationException',
        `CustomMessage failed with error ${result.error.errorMessage}.`,
      );
    }
    const { response } = messageSchema.parse(JSON.parse(result.payload));
    if (
      typeof response.emailMessage === 'string' &&
      ![USERNAME, CODE].every((one) => response.emailMessage?.includes(one))
    ) {
      throw new ServiceError('InvalidLambdaResponseException', `The message needs ${USERNAME} and ${CODE}.`);
    }
    return response;
  }

  return {
    async invite(user, password) {
      const to = user.attributes.email ?? '';
      const { subject, body } = await compose(user);
      sent.unshift({
        // Real time, as the validity of the password.
        at: new Date().toISOString(),
        to,
        subject,
        body: body.replaceAll(USERNAME, () => to).replaceAll(CODE, () => password),
      });
      sent.splice(MAX_KEPT);
    },
    list: () => sent,
  };
}

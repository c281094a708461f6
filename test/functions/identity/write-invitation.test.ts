import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import type { MessageEvent } from '../../../functions/identity/write-invitation.ts';
import { localUserPool } from '../../adapters/cognito/local-user-pool.ts';

let pool: Awaited<ReturnType<typeof localUserPool>>;
const before = { ...process.env };

beforeAll(async () => {
  pool = await localUserPool({ groups: [] });
});
afterAll(() => pool.stop());

beforeEach(() => {
  // The function keeps the link.
  jest.resetModules();
  Object.assign(process.env, {
    SIGN_IN_URL: 'https://users.example',
    CALLBACK_URL: 'http://localhost:8976/callback',
    SECOND_FACTOR: 'required',
  });
});
afterEach(() => {
  process.env = { ...before, ...process.env };
  delete process.env.CONSOLE_URL;
});

async function written(event: Partial<MessageEvent> = {}): Promise<{ emailSubject?: string; emailMessage?: string }> {
  const { handler } = await import('../../../functions/identity/write-invitation.ts');
  const answer = await handler(
    {
      triggerSource: 'CustomMessage_AdminCreateUser',
      userPoolId: pool.userPoolId,
      request: { codeParameter: '{####}', usernameParameter: '{username}' },
      response: {},
      ...event,
    },
    // Safe: the function reads nothing of it but what the logger does.
    { functionName: 'write-invitation', awsRequestId: '1' } as Context,
  );
  // Safe: Cognito's event is returned, and the test checks its response.
  return (answer as { response: object }).response;
}

describe('the invitation of a new user', () => {
  test('links to the page of the user pool, with the client for users and the callback', async () => {
    const { emailSubject, emailMessage } = await written();
    expect(emailSubject).toBe('Your invitation to SIM fulfilment');
    expect(emailMessage).toContain(
      `href="https://users.example/oauth2/authorize?response_type=code&amp;client_id=${pool.clientId}` +
        '&amp;scope=openid+email&amp;redirect_uri=http%3A%2F%2Flocalhost%3A8976%2Fcallback"',
    );
    expect(emailMessage).toMatch(/\{username\}.*\{####\}/s);
    expect(emailMessage).toContain('authenticator app');
    expect(emailMessage).toContain('cannot open the next page');
  });

  test('links to the console if there is one, without asking the user pool', async () => {
    Object.assign(process.env, { CONSOLE_URL: 'https://console.example.net/', SECOND_FACTOR: 'optional' });
    const { emailMessage } = await written({ userPoolId: 'eu-west-2_other' });
    expect(emailMessage).toContain('href="https://console.example.net/"');
    expect(emailMessage).not.toContain('authenticator app');
    expect(emailMessage).not.toContain('cannot open the next page');
  });

  test('has no link when the client cannot be found, rather than not being sent', async () => {
    const { emailMessage } = await written({ userPoolId: 'eu-west-2_other' });
    expect(emailMessage).toContain('{####}');
    expect(emailMessage).not.toContain('href');
  });
});

test('other messages keep the text of Cognito', async () => {
  expect(await written({ triggerSource: 'CustomMessage_ForgotPassword' })).toEqual({});
});

import { describe, expect, test } from '@jest/globals';
import { invitationEmail } from '../../domain/invitation-email.ts';

const facts = {
  username: '{username}',
  password: '{####}',
  link: 'https://console.example.net/?a=1&b="2"',
  needsSecondFactor: false,
  endsOnOwnMachine: false,
};

describe('an invitation', () => {
  test('has the sign-in link, the name, the temporary password, and the rules for passwords', () => {
    const { subject, body } = invitationEmail(facts);
    expect(subject).toBe('Your invitation to SIM fulfilment');
    expect(body).toContain('<a href="https://console.example.net/?a=1&amp;b=&quot;2&quot;">sign-in page</a>');
    expect(body).toContain('Sign in as <b>{username}</b> with the temporary password <code>{####}</code>.');
    expect(body).toContain('valid for 24 hours');
    expect(body).toContain('at least 16 characters');
    expect(body).not.toContain('authenticator');
    expect(body).not.toContain('cannot open');
  });

  test('explains the second factor, and a last page that may not open, where they apply', () => {
    const { body } = invitationEmail({ ...facts, needsSecondFactor: true, endsOnOwnMachine: true });
    expect(body).toContain('<li>Add the account to an authenticator app, and enter the code that the app shows.</li>');
    expect(body).toContain('cannot open the next page');
  });

  test('still has the password when the link is unknown', () => {
    const { body } = invitationEmail({ ...facts, link: undefined });
    expect(body).toContain('Open the sign-in page.');
    expect(body).toContain('{####}');
    expect(body).not.toContain('href');
  });

  test('fits into a message of Cognito', () => {
    const { subject, body } = invitationEmail({ ...facts, needsSecondFactor: true, endsOnOwnMachine: true });
    expect(subject.length).toBeLessThanOrEqual(140);
    expect(body.length).toBeLessThanOrEqual(20_000);
  });
});

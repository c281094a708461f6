import { passwordRules } from './password-rules.ts';
import { DAY_MS, HOUR_MS } from './time-units.ts';

/** An email to a user: its subject, and its body in HTML. */
export type UserEmail = { subject: string; body: string };

/** What the invitation of a user names. */
export type InvitationFacts = {
  /** The user's name for the sign-in, and the temporary password, or the placeholders that the user pool replaces by them. */
  username: string;
  password: string;
  /** The page on which the user signs in; undefined when it is unknown. */
  link: string | undefined;
  /** Whether the page registers an authenticator app. */
  needsSecondFactor: boolean;
  /** Whether the page finally opens an address on the user's own machine, where a program may not listen. */
  endsOnOwnMachine: boolean;
};

/** The invitation that a new user receives: the sign-in link, the temporary password, and the rules for the user's own password. */
export function invitationEmail({ username, password, link, ...facts }: InvitationFacts): UserEmail {
  const page = link === undefined ? 'the sign-in page' : `the <a href="${escapeHtml(link)}">sign-in page</a>`;
  const hours = (passwordRules.temporaryDays * DAY_MS) / HOUR_MS;
  const steps = [
    `Open ${page}.`,
    `Sign in as <b>${username}</b> with the temporary password <code>${password}</code>. It is valid for ${hours} hours.`,
    `Choose a password of your own: at least ${passwordRules.minLength} characters, with lower-case and upper-case letters, digits and symbols.`,
    ...(facts.needsSecondFactor
      ? ['Add the account to an authenticator app, and enter the code that the app shows.']
      : []),
  ];
  const paragraphs = [
    'You have been invited to SIM fulfilment, where SIMs are ordered, put into service and monitored.',
    `<ol>${steps.map((step) => `<li>${step}</li>`).join('')}</ol>`,
    ...(facts.endsOnOwnMachine
      ? ['Your account is then ready. If your browser reports that it cannot open the next page, you can close it.']
      : []),
    'If the temporary password has expired, ask the person who invited you for another invitation.',
  ];
  return {
    subject: 'Your invitation to SIM fulfilment',
    body: paragraphs.map((text) => (text.startsWith('<') ? text : `<p>${text}</p>`)).join('\n'),
  };
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}

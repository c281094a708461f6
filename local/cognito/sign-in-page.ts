import { custom, attributes as poolAttributes } from '../../adapters/cognito/attributes.ts';
import type { PasswordPolicy } from '../template/parts.ts';
import type { PageStep } from './sign-in-steps.ts';
import type { PoolUser, UserPool } from './user-pool.ts';

/** The parameters of an authorization request, which each form of the page sends back. */
const requestParameters = [
  'response_type',
  'client_id',
  'redirect_uri',
  'scope',
  'state',
  'nonce',
  'code_challenge',
  'code_challenge_method',
];

/**
 * The sign-in page of the local pool: a button for each user, and the forms of Cognito's page for users with passwords.
 *
 * @param step what the page asks for
 * @param context.request the query of the authorization request, or a form that has sent it back
 * @param context.nonce admits the page's style under its content security policy
 */
export function signInPage(
  step: PageStep,
  { pool, request, nonce }: { pool: Pick<UserPool, 'users' | 'part'>; request: URLSearchParams; nonce: string },
): string {
  const title = titles[step.asksFor];
  const problem = step.problem === undefined ? '' : `<p role="alert">${escaped(step.problem)}</p>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style nonce="${nonce}">${style}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${problem}
${bodyOf(step, pool, form(request))}
</main>
</body>
</html>
`;
}

const titles: Readonly<Record<PageStep['asksFor'], string>> = {
  user: 'Sign in',
  newPassword: 'Choose a password',
  newAuthenticator: 'Add an authenticator app',
  code: 'Enter a code',
};

type Form = (fields: string, step?: Readonly<Record<string, string>>) => string;

function bodyOf(step: PageStep, { users, part }: Pick<UserPool, 'users' | 'part'>, form: Form): string {
  switch (step.asksFor) {
    case 'user':
      return `<p>This is the local cloud. Choose a user; no password is needed.</p>
${form(userButtons(users().filter(({ enabled }) => enabled)))}
<h2>With a password</h2>
<p>An invited user signs in with the temporary password of the email, which <code>GET /_local/emails</code> lists.</p>
${form(
  `${input('Email address', `name="username" type="email" autocomplete="username" value="${escaped(step.username ?? '')}"`)}
${input('Password', 'name="password" type="password" autocomplete="current-password"')}
${submit('Sign in')}`,
  { step: 'password' },
)}`;
    case 'newPassword':
      return `<p>${escaped(describePolicy(part.passwordPolicy))}</p>
${form(
  `${input('New password', 'name="password" type="password" autocomplete="new-password"')}
${input('New password again', 'name="repeated" type="password" autocomplete="new-password"')}
${submit('Save password')}`,
  { step: step.asksFor, session: step.session },
)}`;
    case 'newAuthenticator':
      return `<p>Enter this key in an authenticator app, and then the code that the app shows.</p>
<p><code>${escaped(step.key)}</code></p>
${form(codeFields, { step: step.asksFor, session: step.session, key: step.key })}`;
    case 'code':
      return `<p>Enter the code that your authenticator app shows.</p>
${form(codeFields, { step: step.asksFor, session: step.session })}`;
  }
}

/** Forms that send the authorization request back. */
function form(request: URLSearchParams): Form {
  const sentBack = [...request].filter(([name]) => requestParameters.includes(name));
  return (fields, step = {}) => {
    const hidden = [...sentBack, ...Object.entries(step)].map(
      ([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`,
    );
    return `<form method="post">\n${hidden.join('\n')}\n${fields}\n</form>`;
  };
}

const input = (label: string, attributes: string) => `<label>${label} <input ${attributes} required></label>`;
const submit = (name: string) => `<button class="submit">${name}</button>`;
const codeFields = `${input('Code', 'name="code" inputmode="numeric" autocomplete="one-time-code"')}
${submit('Continue')}`;

function userButtons(users: readonly PoolUser[]): string {
  const buttons = [...users].sort(byPartner).map(
    (
      user,
    ) => `<li><button name="user" value="${escaped(user.id)}"><strong>${escaped(user.attributes.email ?? user.id)}</strong>
      <span>${escaped(describe(user))}</span></button></li>`,
  );
  return `<ul>\n${buttons.join('\n')}\n</ul>`;
}

const kindNames: Readonly<Record<PasswordPolicy['required'][number], string>> = {
  lowercase: 'lower-case letters',
  uppercase: 'upper-case letters',
  numeric: 'digits',
  symbol: 'symbols',
};

function describePolicy({ minLength, required, remembered }: PasswordPolicy): string {
  const kinds = new Intl.ListFormat('en-GB').format(required.map((kind) => kindNames[kind]));
  const needs = kinds === '' ? '' : `, including ${kinds}`;
  const earlier = remembered === 0 ? '' : ` You cannot use your last ${remembered} passwords again.`;
  return `Use at least ${minLength} characters${needs}.${earlier}`;
}

/** The headers of the page. Its forms lead to the page itself, and from there to the client. */
export function signInPageHeaders(nonce: string): Readonly<Record<string, string>> {
  return {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': `default-src 'none'; style-src 'nonce-${nonce}'; base-uri 'none'; frame-ancestors 'none'`,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  };
}

function describe({ attributes, groups }: PoolUser): string {
  const partnerId = attributes[custom(poolAttributes.partnerId)];
  const customerId = attributes[custom(poolAttributes.customerId)];
  const roles = groups.join(', ') || 'no roles';
  if (partnerId === undefined) {
    return `Wholesaler: ${roles}`;
  }
  return `Partner ${partnerId}${customerId === undefined ? '' : `, customer ${customerId}`}: ${roles}`;
}

function byPartner(a: PoolUser, b: PoolUser): number {
  const partnerOf = ({ attributes }: PoolUser) => attributes[custom(poolAttributes.partnerId)] ?? '~';
  return partnerOf(a).localeCompare(partnerOf(b)) || a.createdAt - b.createdAt;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 34rem; margin: 4rem auto; padding: 0 1rem; }
ul { list-style: none; padding: 0; display: grid; gap: .5rem; }
button { width: 100%; text-align: start; padding: .75rem 1rem; font: inherit; cursor: pointer; border: 1px solid #8889; border-radius: .5rem; background: Field; color: FieldText; }
button:hover, button:focus-visible { outline: 2px solid Highlight; }
label { display: block; margin: 1rem 0; }
input { display: block; box-sizing: border-box; width: 100%; padding: .5rem; font: inherit; border: 1px solid #767676; border-radius: .25rem; }
code { overflow-wrap: anywhere; }
[role=alert] { padding: .75rem 1rem; border: 2px solid; border-radius: .5rem; }
.submit { text-align: center; }
button span { display: block; font-size: .875rem; }
`;

import { custom, attributes as poolAttributes } from '../../adapters/cognito/attributes.ts';
import type { PoolUser } from './user-pool.ts';

/**
 * The sign-in page of the local pool: a button for each user, without passwords.
 *
 * @param request the query of the authorization request, which the form sends back
 * @param nonce admits the page's style under its content security policy
 */
export function signInPage(users: readonly PoolUser[], request: URLSearchParams, nonce: string): string {
  const hidden = [...request].map(
    ([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`,
  );
  const buttons = [...users].sort(byPartner).map(
    (
      user,
    ) => `<li><button name="user" value="${escaped(user.id)}"><strong>${escaped(user.attributes.email ?? user.id)}</strong>
      <span>${escaped(describe(user))}</span></button></li>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in</title>
<style nonce="${nonce}">${style}</style>
</head>
<body>
<main>
<h1>Sign in</h1>
<p>This is the local cloud. Choose a user; no password is needed.</p>
<form method="post">
${hidden.join('\n')}
<ul>
${buttons.join('\n')}
</ul>
</form>
</main>
</body>
</html>
`;
}

/** The headers of the page. Its form leads to the page itself, and from there to the client. */
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
button span { display: block; font-size: .875rem; }
`;

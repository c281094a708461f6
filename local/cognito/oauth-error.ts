/** An OAuth 2.0 error; the message is its code (RFC 6749, 5.2). */
export class OAuthError extends Error {}

const REDACTED = '[redacted]';

/** What a name says of its value: secrets, and who and where somebody is. */
const secretNames = new Set([
  ...['authorization', 'apiKey', 'secret', 'signature', 'token', 'taskToken', 'access_token', 'SecretString', 'cookie'],
  ...['deliveryAddress', 'contact', 'email', 'phone', 'imsi', 'msisdn'],
]);

/** What shows by itself what it is, wherever it stands. */
const secretTexts: readonly RegExp[] = [
  /\bBearer\s+[\w.~+/-]+=*/gi,
  // A JSON web token, and the secret of a webhook.
  /\beyJ[\w-]{8,}\.[\w-]*\.?[\w-]*/g,
  /\bwhsec_[\w+/=-]+/g,
  /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g,
  /\+\d{8,15}\b/g,
  // In the text of a body that is no object any more.
  /"(?:apiKey|imsi|msisdn|email|phone|taskToken|secret)"\s*:\s*"[^"]*"/gi,
];

/**
 * Takes secrets and personal data out of a log line: a replacer of `JSON.stringify`. ICCIDs stay, since without them
 * nobody can look into a SIM's trouble; they name a card, not a person.
 */
export function scrub(key: string, value: unknown): unknown {
  if (secretNames.has(key) && value !== undefined && value !== null) {
    return REDACTED;
  }
  return typeof value === 'string' ? scrubText(value) : value;
}

function scrubText(text: string): string {
  return secretTexts.reduce((scrubbed, secret) => scrubbed.replace(secret, REDACTED), text);
}

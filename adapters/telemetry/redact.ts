const REDACTED = '[redacted]';

/** The names of attributes whose values are secrets or personal data. */
const secretNames = new Set([
  ...['authorization', 'apiKey', 'secret', 'signature', 'token', 'taskToken', 'access_token', 'SecretString', 'cookie'],
  ...['deliveryAddress', 'contact', 'email', 'phone', 'imsi', 'msisdn'],
]);

/**
 * Patterns of secrets and personal data in any text. Log lines contain text of other systems, so each pattern takes linear time:
 * no match starts in the middle of a run of characters that the pattern has already read.
 */
const secretPatterns: readonly RegExp[] = [
  /\bBearer\s+[\w.~+/-]+=*/gi,
  /\bwhsec_[\w+/=-]+/g,
  /(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g,
  /\+\d{8,15}\b/g,
  // In a body that is logged as text.
  /"(?:apiKey|imsi|msisdn|email|phone|taskToken|secret)"\s*:\s*"[^"]*"/gi,
];

/**
 * Redacts secrets and personal data in a log line. A replacer for `JSON.stringify`. ICCIDs stay, because they are needed to
 * investigate problems of a SIM; they identify a card, not a person.
 */
export function redact(key: string, value: unknown): unknown {
  if (secretNames.has(key) && value !== undefined && value !== null) {
    return REDACTED;
  }
  return typeof value === 'string' ? redactText(value) : value;
}

function redactText(text: string): string {
  return secretPatterns.reduce((redacted, secret) => redacted.replace(secret, REDACTED), withoutWebTokens(text));
}

/** A run of the characters of JSON web tokens (RFC 7519), at least as long as the shortest token. */
const TOKEN_RUN = /[\w.-]{12,}/g;
/** `{"` in base64url: the start of every JSON web token's header. */
const TOKEN_START = 'eyJ';
const MIN_HEADER_LENGTH = 11;

/** Redacts each run of token characters from the first token's header on. */
function withoutWebTokens(text: string): string {
  return text.replace(TOKEN_RUN, (run) => {
    const start = run.indexOf(TOKEN_START);
    return start >= 0 && run.lastIndexOf('.') >= start + MIN_HEADER_LENGTH ? run.slice(0, start) + REDACTED : run;
  });
}

const REDACTED = '[redacted]';

/** What a name says of its value: secrets, and who and where somebody is. */
const secretNames = new Set([
  ...['authorization', 'apiKey', 'secret', 'signature', 'token', 'taskToken', 'access_token', 'SecretString', 'cookie'],
  ...['deliveryAddress', 'contact', 'email', 'phone', 'imsi', 'msisdn'],
]);

/**
 * Secrets and personal data that are recognised anywhere in a text. Log lines hold text of other systems, so each pattern takes
 * linear time: none starts in the middle of a run of characters that it has already read.
 */
const secretPatterns: readonly RegExp[] = [
  /\bBearer\s+[\w.~+/-]+=*/gi,
  /\bwhsec_[\w+/=-]+/g,
  /(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g,
  /\+\d{8,15}\b/g,
  // In the text of a body that is no object any more.
  /"(?:apiKey|imsi|msisdn|email|phone|taskToken|secret)"\s*:\s*"[^"]*"/gi,
];

/**
 * Takes secrets and personal data out of a log line: a replacer of `JSON.stringify`. ICCIDs stay, since without them
 * nobody can look into a SIM's trouble; they name a card, not a person.
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

/** The characters of a JSON web token (RFC 7519), as many as the shortest has. */
const TOKEN_RUN = /[\w.-]{12,}/g;
/** `{"` in base64url: how the header of every JSON web token begins. */
const TOKEN_START = 'eyJ';
const MIN_HEADER_LENGTH = 11;

/** Redacts each run of token characters from the first token's header on. */
function withoutWebTokens(text: string): string {
  return text.replace(TOKEN_RUN, (run) => {
    const start = run.indexOf(TOKEN_START);
    return start >= 0 && run.lastIndexOf('.') >= start + MIN_HEADER_LENGTH ? run.slice(0, start) + REDACTED : run;
  });
}

import type { HttpResponse } from './http.ts';
import type { SentRequest } from './request.ts';

/** Internal details, which no response may show. */
const internals: readonly RegExp[] = [
  // Stack traces, and paths of files.
  /\n\s+at /,
  /\.(?:ts|mjs|js|cjs):\d+/,
  /node:internal|node_modules|file:\/\/|\/var\/task|\/home\/|\/tmp\/|cdk\.out/,
  // Names of AWS, and errors of its SDK and of the runtime.
  /arn:aws/,
  /\b(?:\w+Exception|ConditionalCheck\w*|TransactionCancel\w*|ConditionFailed|ZodError)\b/,
  /\b(?:Type|Syntax|Range|Reference|URI)Error\b|Unexpected token|Cannot read prop|is not a function|is not iterable/,
  /dynamodb|aws-sdk|sandbox/i,
  // Keys of the table, and attributes that are not part of the API.
  /"(?:pk|sk|gsi\w*|taskToken|runAttempt|requestedAt|expiresAt|heldUntil|shard)":/,
  /\bP#\w[\w.-]{3}/,
  /\b(?:CUS#cus|CSV#csv|PSV#psv|ORD#ord|OP#op|(?:TRF|GRANT)#trf|(?:EVT|PAGE|RES|LATE|SIM|HIST)#\d)/,
];

/** Signs of a formatting mistake. Only problems are searched for them, because names may contain these words. */
const formattingMistakes = /\[object Object\]|\bundefined\b|\bNaN\b/;

export type Leaks = (sent: SentRequest, answer: HttpResponse) => string[];

/**
 * Finds internal details in a response. A response may repeat content of its request.
 *
 * @param secrets keys, secrets, tokens and names that no response may show
 * @param foreign the name of another partner's resources, which only its own users may read
 */
export function leakCheck(secrets: readonly string[], foreign: string): Leaks {
  return (sent, answer) => {
    const isPage = answer.headers['content-type']?.startsWith('text/html') ?? false;
    const head = JSON.stringify(answer.headers);
    // The reference page contains a program, in which any word may occur.
    const shown = isPage ? head : `${head}\n${answer.text}`;
    const requested = textOf(sent);
    return [
      ...[...internals, ...(answer.status >= 400 ? [formattingMistakes] : [])].flatMap((pattern) => {
        const [found] = pattern.exec(shown) ?? [];
        return found === undefined || requested.includes(found) ? [] : [`shows ${JSON.stringify(found)}`];
      }),
      ...secrets
        .filter((secret) => shown.includes(secret) && !requested.includes(secret))
        .map((secret) => `shows the secret ${secret.slice(0, 12)}...`),
      ...(sent.caller !== 'outsider' && shown.includes(foreign) && !requested.includes(foreign)
        ? ["shows another partner's data"]
        : []),
      ...(Object.hasOwn(answer.headers, 'x-injected') ? ['has a header that the request injected'] : []),
    ];
  };
}

/** The content of a request, encoded and decoded. */
function textOf({ target, headers, body = '', query }: SentRequest): string {
  let path = target;
  try {
    path = decodeURIComponent(target);
  } catch {
    // Keep the encoded path.
  }
  return [target, path, JSON.stringify(query), JSON.stringify(headers), body].join('\n');
}

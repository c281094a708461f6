import type { Answer } from './http.ts';
import type { SentRequest } from './request.ts';

/** What no answer shows: how it is made inside. */
const insides: readonly RegExp[] = [
  // Stack traces, and paths of files.
  /\n\s+at /,
  /\.(?:ts|mjs|js|cjs):\d+/,
  /node:internal|node_modules|file:\/\/|\/var\/task|\/home\/|\/tmp\/|cdk\.out/,
  // Names of AWS, and errors of its SDK and of the runtime.
  /arn:aws/,
  /\b(?:\w+Exception|ConditionalCheck\w*|TransactionCancel\w*|ConditionFailed|ZodError)\b/,
  /\b(?:Type|Syntax|Range|Reference|URI)Error\b|Unexpected token|Cannot read prop|is not a function|is not iterable/,
  /dynamodb|aws-sdk|sandbox/i,
  // Keys of the table, and what it keeps beside what is shown.
  /"(?:pk|sk|gsi\w*|taskToken|runAttempt|requestedAt|expiresAt|heldUntil|shard)":/,
  /\bP#\w[\w.-]{3}/,
  /\b(?:CUS#cus|CSV#csv|PSV#psv|ORD#ord|OP#op|(?:TRF|GRANT)#trf|(?:EVT|PAGE|RES|LATE|SIM|HIST)#\d)/,
];

/** What a program says by mistake in a message. A thing may well be called so: it is looked for in problems alone. */
const slips = /\[object Object\]|\bundefined\b|\bNaN\b/;

export type Leaks = (sent: SentRequest, answer: Answer) => string[];

/**
 * Finds in an answer what belongs inside. What the request said itself may be said back.
 *
 * @param secrets keys, secrets, tokens and names that no answer may show
 * @param foreign what another partner's things are called, which its own user alone may read
 */
export function leakCheck(secrets: readonly string[], foreign: string): Leaks {
  return (sent, answer) => {
    const isPage = answer.headers['content-type']?.startsWith('text/html') ?? false;
    const head = JSON.stringify(answer.headers);
    // The reference page brings a program along, which speaks of everything.
    const told = isPage ? head : `${head}\n${answer.text}`;
    const asked = heard(sent);
    return [
      ...[...insides, ...(answer.status >= 400 ? [slips] : [])].flatMap((pattern) => {
        const [found] = pattern.exec(told) ?? [];
        return found === undefined || asked.includes(found) ? [] : [`shows ${JSON.stringify(found)}`];
      }),
      ...secrets
        .filter((secret) => told.includes(secret) && !asked.includes(secret))
        .map((secret) => `shows ${secret.slice(0, 12)}..., a secret`),
      ...(sent.caller !== 'outsider' && told.includes(foreign) && !asked.includes(foreign)
        ? ['shows what is another partner’s']
        : []),
      ...(Object.hasOwn(answer.headers, 'x-injected') ? ['has a header that the request put there'] : []),
    ];
  };
}

/** All that a request says, as it is written and as it is meant. */
function heard({ target, headers, body = '', query }: SentRequest): string {
  let path = target;
  try {
    path = decodeURIComponent(target);
  } catch {
    // What cannot be decoded is heard as it is.
  }
  return [target, path, JSON.stringify(query), JSON.stringify(headers), body].join('\n');
}

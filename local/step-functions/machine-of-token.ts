// Task tokens of the local Step Functions. Workers load this file from its bare source.

export const TOKEN_PREFIX = 'AQC';
/** Bytes after the execution's ARN that nobody can guess; their text is four thirds as long. */
export const SECRET_BYTES = 24;
const SECRET_LENGTH = (SECRET_BYTES / 3) * 4;

/** The ARN of the state machine whose task waits for the token; undefined for a token that is none. */
export function machineOfToken(token: string): string | undefined {
  if (!token.startsWith(TOKEN_PREFIX)) {
    return undefined;
  }
  const executionArn = Buffer.from(token.slice(TOKEN_PREFIX.length, -SECRET_LENGTH), 'base64url').toString();
  const [machine] = executionArn.replace(':execution:', ':stateMachine:').match(/^arn:[^:]*(:[^:]*){5}/) ?? [];
  return machine;
}

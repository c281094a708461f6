// Task tokens of the local Step Functions. Workers load this file without its types (bare-source.ts).

export const TOKEN_PREFIX = 'AQC';
/** Random bytes after the execution's ARN; encoded, they are four thirds as long. */
export const SECRET_BYTES = 24;
const SECRET_LENGTH = (SECRET_BYTES / 3) * 4;

/** Returns the ARN of the state machine that issued the token; undefined for an invalid token. */
export function machineOfToken(token: string): string | undefined {
  if (!token.startsWith(TOKEN_PREFIX)) {
    return undefined;
  }
  const executionArn = Buffer.from(token.slice(TOKEN_PREFIX.length, -SECRET_LENGTH), 'base64url').toString();
  const [machine] = executionArn.replace(':execution:', ':stateMachine:').match(/^arn:[^:]*(:[^:]*){5}/) ?? [];
  return machine;
}

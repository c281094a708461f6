/** Why the local cloud does not start, in words for the person who typed the command: shown without a stack trace. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

/** The system errors that a person can do something about, and what to do. */
const remedies: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: free some space, or set DATA_DIR or TMPDIR to a folder on another disk',
  EDQUOT: 'the disk quota is used up: free some space, or set DATA_DIR or TMPDIR to a folder on another disk',
  EACCES: 'permission denied: set DATA_DIR or TMPDIR to a folder that you can write to',
  EPERM: 'permission denied: set DATA_DIR or TMPDIR to a folder that you can write to',
  EROFS: 'the file system is read-only: set DATA_DIR or TMPDIR to a folder that you can write to',
  ENOENT: 'nothing can be created there',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EMFILE: 'too many open files: raise the limit with ulimit -n',
};

/** The code of a system error (`ENOSPC`); undefined for any other error. Errors of another realm, as of a test's, are no `Error` here. */
export function systemCodeOf(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** What a system error means for the person at the keyboard; undefined for any other error. */
export function explainSystemError(error: unknown): string | undefined {
  const text = String(error);
  // SQLite reports a full disk by its text alone.
  const code = text.includes('disk is full') ? 'ENOSPC' : systemCodeOf(error);
  const remedy = code === undefined ? undefined : remedies[code];
  return remedy && `${remedy} (${text})`;
}

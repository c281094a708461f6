/** An error that prevents the start, with a message for the user; shown without a stack trace. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** Remedies for system errors that the user can resolve. */
const remedies: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: free some space, or set DATA_DIR or TMPDIR to a folder on another disk',
  EDQUOT: 'the disk quota is used up: free some space, or set DATA_DIR or TMPDIR to a folder on another disk',
  EACCES: 'permission denied: set DATA_DIR or TMPDIR to a folder that you can write to',
  EPERM: 'permission denied: set DATA_DIR or TMPDIR to a folder that you can write to',
  EROFS: 'the file system is read-only: set DATA_DIR or TMPDIR to a folder that you can write to',
  ENOENT: 'no file can be created there',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EMFILE: 'too many open files: raise the limit with ulimit -n',
};

/** Returns the code of a system error (`ENOSPC`), else undefined. Does not use `instanceof`: the error may come from another realm. */
export function systemCodeOf(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** Explains a system error and its remedy to the user; undefined for any other error. */
export function explainSystemError(error: unknown): string | undefined {
  const text = String(error);
  // SQLite reports a full disk only in its message.
  const code = text.includes('disk is full') ? 'ENOSPC' : systemCodeOf(error);
  const remedy = code === undefined ? undefined : remedies[code];
  return remedy && `${remedy} (${text})`;
}

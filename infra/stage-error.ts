/** The context does not define a valid stage. The message names valid options. */
export class StageError extends Error {
  override readonly name = 'StageError';
}

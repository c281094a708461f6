/** Why the local cloud will not start, in words for whoever typed the command: shown without a stack trace. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

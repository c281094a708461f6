import { OperatorUnavailable } from '../../domain/operator-port.ts';

/** A call that a kind of platform does not offer. Its capabilities keep use cases from making it. */
export function notOffered(what: string): () => Promise<never> {
  return async () => {
    throw new OperatorUnavailable(what);
  };
}

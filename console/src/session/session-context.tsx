import { createContext, useContext } from 'react';
import type { Caller } from '../../../domain/access.ts';
import { accessOf } from '../../generated/operations.ts';
import { mayCall, type Operation } from './caller.ts';

/** The signed-in user. */
export type SignedIn = {
  caller: Caller;
  /** Whether the API allows the user this operation. What a user may not do is not shown. */
  can(operation: Operation): boolean;
  signOut(): void;
};

const SessionContext = createContext<SignedIn | undefined>(undefined);

export const SessionProvider = SessionContext.Provider;

export const signedInAs = (caller: Caller, signOut: () => void): SignedIn => ({
  caller,
  can: (operation) => mayCall(caller, accessOf[operation]),
  signOut,
});

/** The signed-in user. @throws Error outside the shell, where nobody is signed in */
export function useSession(): SignedIn {
  const session = useContext(SessionContext);
  if (!session) {
    throw new Error('Nobody is signed in.');
  }
  return session;
}

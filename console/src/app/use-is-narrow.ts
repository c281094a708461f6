import { useSyncExternalStore } from 'react';

/** A window as narrow as a phone’s. */
const narrow = window.matchMedia('(max-width: 480px)');

function subscribe(onChange: () => void): () => void {
  narrow.addEventListener('change', onChange);
  return () => narrow.removeEventListener('change', onChange);
}

/** Whether there is room for little: buttons are then icons where these are plain enough. */
export const useIsNarrow = (): boolean => useSyncExternalStore(subscribe, () => narrow.matches);

import type { ReactNode } from 'react';

export type Notification = {
  id: string;
  type: 'success' | 'error';
  content: ReactNode;
  /** Whether the user has clicked since, so that what follows is another step. */
  isEarlier?: boolean;
};

type Notifications = readonly Notification[];

/** The notifications after another one: the latest three are shown. */
export function withNotification(shown: Notifications, added: Notification): Notifications {
  return [...shown.slice(-2), added];
}

/** The notifications after a click. */
export function afterClick(shown: Notifications): Notifications {
  return shown.every(({ isEarlier }) => isEarlier) ? shown : shown.map((each) => ({ ...each, isEarlier: true }));
}

/**
 * The notifications on another page. Successes of earlier steps leave; the step that opened the page keeps its own. Errors stay until
 * they are dismissed.
 *
 * @param isHistory the user has moved in the browser's history, which is a step of its own
 */
export function afterMove(shown: Notifications, { isHistory }: { isHistory: boolean }): Notifications {
  const kept = shown.filter(({ type, isEarlier }) => type === 'error' || !(isEarlier || isHistory));
  return kept.length === shown.length ? shown : kept;
}

import Flashbar, { type FlashbarProps } from '@cloudscape-design/components/flashbar';
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react';
import * as text from '../text/index.ts';

type Notification = { id: string; type: 'success' | 'error' | 'info'; content: ReactNode };

type Notify = (type: Notification['type'], content: ReactNode) => void;

const NotifyContext = createContext<Notify>(() => undefined);
const ListContext = createContext<FlashbarProps.MessageDefinition[]>([]);

/** Keeps messages about what the user did, across pages, until they are dismissed. */
export function NotificationsProvider({ children }: { children: ReactNode }) {
  const [notifications, setNotifications] = useState<readonly Notification[]>([]);
  const notify = useCallback<Notify>((type, content) => {
    setNotifications((shown) => [...shown.slice(-2), { id: crypto.randomUUID(), type, content }]);
  }, []);
  const items = useMemo(
    () =>
      notifications.map(
        ({ id, type, content }): FlashbarProps.MessageDefinition => ({
          id,
          type,
          content,
          dismissible: true,
          dismissLabel: text.shell.dismiss,
          onDismiss: () => setNotifications((shown) => shown.filter((other) => other.id !== id)),
        }),
      ),
    [notifications],
  );
  return (
    <NotifyContext value={notify}>
      <ListContext value={items}>{children}</ListContext>
    </NotifyContext>
  );
}

/** Shows a message above the page. */
export const useNotify = (): Notify => useContext(NotifyContext);

export function Notifications() {
  return <Flashbar items={useContext(ListContext)} />;
}

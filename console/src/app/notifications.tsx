import Flashbar, { type FlashbarProps } from '@cloudscape-design/components/flashbar';
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from 'react';
import { useLocation, useNavigationType } from 'react-router';
import * as text from '../text/index.ts';
import { afterClick, afterMove, type Notification, withNotification } from './notification-list.ts';

type Notify = (type: Notification['type'], content: ReactNode) => void;

type Shown = { items: FlashbarProps.MessageDefinition[]; onMove: (isHistory: boolean) => void };

const NotifyContext = createContext<Notify>(() => undefined);
const ShownContext = createContext<Shown>({ items: [], onMove: () => undefined });

/** Keeps messages about what the user did: successes until the user moves on to another page, errors until they are dismissed. */
export function NotificationsProvider({ children }: { children: ReactNode }) {
  const [notifications, setNotifications] = useState<readonly Notification[]>([]);
  const notify = useCallback<Notify>((type, content) => {
    setNotifications((shown) => withNotification(shown, { id: crypto.randomUUID(), type, content }));
  }, []);
  const onMove = useCallback((isHistory: boolean) => setNotifications((shown) => afterMove(shown, { isHistory })), []);
  useEffect(() => {
    // Before the click itself is handled. Keys that press a button or follow a link click, too.
    const onClick = () => setNotifications(afterClick);
    document.addEventListener('click', onClick, { capture: true });
    return () => document.removeEventListener('click', onClick, { capture: true });
  }, []);
  const shown = useMemo(
    (): Shown => ({
      onMove,
      items: notifications.map(({ id, type, content }) => ({
        id,
        type,
        content,
        // Screen readers announce it, and the focus stays.
        ariaRole: 'status',
        dismissible: true,
        dismissLabel: text.shell.dismiss,
        onDismiss: () => setNotifications((before) => before.filter((other) => other.id !== id)),
      })),
    }),
    [notifications, onMove],
  );
  return (
    <NotifyContext value={notify}>
      <ShownContext value={shown}>{children}</ShownContext>
    </NotifyContext>
  );
}

/** Shows a message above the page. */
export const useNotify = (): Notify => useContext(NotifyContext);

export function Notifications() {
  const { items, onMove } = useContext(ShownContext);
  const { pathname } = useLocation();
  const isHistory = useNavigationType() === 'POP';
  const last = useRef(pathname);
  useEffect(() => {
    if (last.current !== pathname) {
      last.current = pathname;
      onMove(isHistory);
    }
  }, [pathname, isHistory, onMove]);
  return <Flashbar items={items} />;
}

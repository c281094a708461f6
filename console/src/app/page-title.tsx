import Header, { type HeaderProps } from '@cloudscape-design/components/header';
import LiveRegion from '@cloudscape-design/components/live-region';
import {
  createContext,
  type Dispatch,
  type ReactNode,
  type SetStateAction,
  useContext,
  useEffect,
  useState,
} from 'react';
import { useLocation } from 'react-router';
import * as text from '../text/index.ts';

/** The title of a page, and the path at which the page shows it. */
type PageTitle = { title: string; path: string };

const SetTitleContext = createContext<Dispatch<SetStateAction<PageTitle>>>(() => undefined);
const TitleContext = createContext<PageTitle>({ title: '', path: '' });

/** Names the browser's tab after the open page, and announces each page to users of screen readers. */
export function PageTitleProvider({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<PageTitle>({ title: '', path: '' });
  const { title } = shown;
  useEffect(() => {
    if (title !== '') {
      document.title = text.shell.pageTitle(title);
    }
  }, [title]);
  return (
    <SetTitleContext value={setShown}>
      <LiveRegion hidden>{title}</LiveRegion>
      <TitleContext value={shown}>{children}</TitleContext>
    </SetTitleContext>
  );
}

/** Sets the title of the page that calls it. Parts of a page pass nothing. */
export function usePageTitle(title: string | undefined): void {
  const setShown = useContext(SetTitleContext);
  const { pathname } = useLocation();
  useEffect(() => {
    if (title !== undefined) {
      setShown({ title, path: pathname });
    }
  }, [title, pathname, setShown]);
}

/** Sets the title of a page that could not be read, unless the page has one: then only a part of it could not be read. */
export function useTitleOfFailure(title: string): void {
  const setShown = useContext(SetTitleContext);
  const { pathname } = useLocation();
  useEffect(() => {
    setShown((before) => (before.path === pathname ? before : { title, path: pathname }));
  }, [title, pathname, setShown]);
}

/** The title of the open page; undefined while the page has none yet. */
export function useShownTitle(): string | undefined {
  const { title, path } = useContext(TitleContext);
  return path === useLocation().pathname ? title : undefined;
}

/** The heading of a page, which is also its title. */
export function PageHeader({ children, ...rest }: Omit<HeaderProps, 'variant' | 'children'> & { children: string }) {
  usePageTitle(children);
  return (
    <Header {...rest} variant="h1">
      {children}
    </Header>
  );
}

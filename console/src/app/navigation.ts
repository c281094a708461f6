import type { SideNavigationProps } from '@cloudscape-design/components/side-navigation';
import type { Caller } from '../../../domain/access.ts';
import type { Operation } from '../session/caller.ts';
import { isShown, type Navigation, type Page, type Section, sections } from './page.ts';

/** The navigation of a user: the pages that they may open, without empty sections. */
export function navigationItems(
  pages: readonly Page[],
  can: (operation: Operation) => boolean,
  { titles, kind }: { titles: Readonly<Record<Section, string>>; kind: Caller['kind'] },
): SideNavigationProps.Item[] {
  const linksIn = (section: Section | undefined): SideNavigationProps.Link[] =>
    pages
      .filter((page) => page.navigation && page.navigation.section === section && isShown(page, can))
      .map(({ path, navigation }) => ({
        type: 'link',
        text: navigation ? labelFor(kind, navigation) : path,
        href: path,
      }));
  const groups = sections
    .map((section) => ({ section, links: linksIn(section) }))
    .filter(({ links }) => links.length > 0)
    .map(({ section, links }): SideNavigationProps.Item => ({ type: 'section', text: titles[section], items: links }));
  return [...linksIn(undefined), ...groups];
}

/** The label of a page for a kind of user. */
export function labelFor(kind: Caller['kind'], { label, customerLabel = label }: Navigation): string {
  return kind === 'customer' ? customerLabel : label;
}

/**
 * The link of the navigation to which a path belongs: that of the page itself, or of the list above it. Home is above pages whose list
 * the user may not open.
 */
export function activeLink(pages: readonly Page[], path: string, can: (operation: Operation) => boolean): string {
  const links = pages.flatMap((page) => (page.navigation && isShown(page, can) ? [page.path] : []));
  const above = links.filter((link) => link !== '/' && (path === link || path.startsWith(`${link}/`)));
  return above.sort((a, b) => b.length - a.length)[0] ?? '/';
}

import type { ComponentType } from 'react';
import type { Operation } from '../session/caller.ts';

/** The groups of pages in the navigation, in their order. */
export const sections = ['sims', 'customers', 'desk', 'administration', 'platform'] as const;

export type Section = (typeof sections)[number];

/** The place of a page in the navigation. Users of a customer see what is theirs alone, which another label may name better. */
export type Navigation = { section?: Section; label: string; customerLabel?: string };

/** A page, declared once in the `route.ts` of its folder. The router and the navigation are derived from it. */
export type Page = {
  /** The pattern of its path; parameters start with a colon. */
  path: string;
  /** The operation of the API that the page is about: only users who may call it see the page. Omitted for pages for everyone. */
  requires?: Operation;
  /** Its place in the navigation; omitted for pages that others lead to. */
  navigation?: Navigation;
  load: () => Promise<{ default: ComponentType }>;
};

/** Whether a user sees a page. */
export function isShown({ requires }: Pick<Page, 'requires'>, can: (operation: Operation) => boolean): boolean {
  return requires === undefined || can(requires);
}

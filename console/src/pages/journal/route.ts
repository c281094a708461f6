import type { Page } from '../../app/page.ts';
import { text } from '../../text/index.ts';

export const route: Page = {
  path: '/journal',
  requires: 'listJournalEntries',
  navigation: { section: 'administration', label: text.journal.title },
  load: () => import('./page.tsx'),
};

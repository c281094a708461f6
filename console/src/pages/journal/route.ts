import type { Page } from '../../app/page.ts';
import * as text from '../../text/index.ts';

export const route: Page = {
  path: '/journal',
  requires: 'listJournalEntries',
  navigation: { section: 'administration', label: text.titles.journal },
  load: () => import('./page.tsx'),
};

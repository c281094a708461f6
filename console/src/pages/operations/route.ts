import type { Page } from '../../app/page.ts';
import * as text from '../../text/index.ts';

export const route: Page = {
  path: '/operations',
  requires: 'listOperations',
  navigation: { section: 'sims', label: text.titles.operations },
  load: () => import('./page.tsx'),
};

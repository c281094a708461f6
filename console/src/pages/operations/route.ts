import type { Page } from '../../app/page.ts';
import { text } from '../../text/index.ts';

export const route: Page = {
  path: '/operations',
  requires: 'listOperations',
  navigation: { section: 'sims', label: text.operations.title },
  load: () => import('./page.tsx'),
};

import type { Page } from '../../app/page.ts';
import * as text from '../../text/index.ts';

export const route: Page = {
  path: '/platform/failed-work',
  requires: 'listFailedWork',
  navigation: { section: 'platform', label: text.titles.failedWork },
  load: () => import('./page.tsx'),
};

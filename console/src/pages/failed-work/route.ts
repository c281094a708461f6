import type { Page } from '../../app/page.ts';
import { text } from '../../text/index.ts';

export const route: Page = {
  path: '/platform/failed-work',
  requires: 'listFailedWork',
  navigation: { section: 'platform', label: text.platform.failedWork.title },
  load: () => import('./page.tsx'),
};

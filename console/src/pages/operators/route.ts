import type { Page } from '../../app/page.ts';
import * as text from '../../text/index.ts';

export const route: Page = {
  path: '/platform/operators',
  requires: 'listPlatformOperators',
  navigation: { section: 'platform', label: text.titles.operators },
  load: () => import('./page.tsx'),
};

import type { Page } from '../../app/page.ts';
import * as text from '../../text/index.ts';

export const route: Page = {
  path: '/desk/differences',
  requires: 'listDifferences',
  navigation: { section: 'desk', label: text.titles.differences },
  load: () => import('./page.tsx'),
};

import type { Page } from '../../app/page.ts';
import { text } from '../../text/index.ts';

export const route: Page = {
  path: '/desk/differences',
  requires: 'listDifferences',
  navigation: { section: 'desk', label: text.desk.differences.title },
  load: () => import('./page.tsx'),
};

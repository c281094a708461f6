import type { Page } from '../../app/page.ts';
import * as text from '../../text/index.ts';

export const route: Page = {
  path: '/',
  navigation: { label: text.titles.home },
  load: () => import('./page.tsx'),
};

import type { Page } from '../../app/page.ts';
import { text } from '../../text/index.ts';

export const route: Page = {
  path: '/',
  navigation: { label: text.home.title },
  load: () => import('./page.tsx'),
};

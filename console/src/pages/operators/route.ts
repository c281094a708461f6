import type { Page } from '../../app/page.ts';
import { text } from '../../text/index.ts';

export const route: Page = {
  path: '/platform/operators',
  requires: 'listPlatformOperators',
  navigation: { section: 'platform', label: text.operators.title },
  load: () => import('./page.tsx'),
};

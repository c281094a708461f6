import type { Page } from '../../app/page.ts';
import { text } from '../../text/index.ts';

export const route: Page = {
  path: '/platform/partners',
  requires: 'listPartners',
  navigation: { section: 'platform', label: text.platform.partners.title },
  load: () => import('./page.tsx'),
};

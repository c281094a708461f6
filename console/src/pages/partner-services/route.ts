import type { Page } from '../../app/page.ts';
import { text } from '../../text/index.ts';

export const route: Page = {
  path: '/partner-services',
  requires: 'listPartnerServices',
  navigation: { section: 'customers', label: text.services.partnerTitle },
  load: () => import('./page.tsx'),
};

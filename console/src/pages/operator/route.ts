import type { Page } from '../../app/page.ts';

export const route: Page = {
  path: '/platform/operators/:operatorId',
  requires: 'readPlatformOperator',
  load: () => import('./page.tsx'),
};

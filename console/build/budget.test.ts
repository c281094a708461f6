import { expect, it } from '@jest/globals';
import { budgetOf, filesOfPage, type Manifest, pagesIn } from './budget.ts';

const manifest: Manifest = {
  'index.html': { file: 'index.js', imports: ['_shared.js'], isEntry: true },
  '_shared.js': { file: 'shared.js' },
  '_table.js': { file: 'table.js', imports: ['_shared.js'] },
  'src/pages/home/page.tsx': { file: 'home.js', imports: ['index.html'] },
  'src/pages/orders/page.tsx': { file: 'orders.js', imports: ['_table.js', 'index.html'] },
};

it('counts what a page imports, each file once', () => {
  expect(filesOfPage(manifest, 'src/pages/home/page.tsx')).toEqual(['index.js', 'shared.js', 'home.js']);
  expect(filesOfPage(manifest, 'src/pages/orders/page.tsx')).toEqual([
    'index.js',
    'shared.js',
    'orders.js',
    'table.js',
  ]);
});

it('knows the pages', () => {
  expect(pagesIn(manifest)).toEqual(['src/pages/home/page.tsx', 'src/pages/orders/page.tsx']);
});

it('gives the home page the smallest budget', () => {
  expect(budgetOf('home')).toBe(350 * 1024);
  expect(budgetOf('orders')).toBeGreaterThan(budgetOf('home'));
});

import type { Page } from 'playwright-core';
import { withCheckDigit } from '../../domain/iccid.ts';
import { type Window, windows } from '../console-browser.ts';
import type { Viewer } from './page-paths.ts';
import type { World } from './world.ts';

/** A picture of the console: who sees it, in which window, and the way to it from the home page. */
export type Picture = {
  name: string;
  user: Viewer;
  window: Window;
  show(page: Page, cloud: { url: string; world: World }): Promise<void>;
};

const desk: Window = { width: 1280, height: 800 };

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

/** The pictures of the documents, by the name of their files in `docs/pictures/`. */
export const pictures: readonly Picture[] = [
  { name: 'home', user: 'admin', window: desk, show: showHome },
  {
    name: 'order-wizard',
    user: 'admin',
    window: desk,
    async show(page) {
      await press(page, 'Order SIMs');
      await page.getByRole('button', { name: /^Operator/ }).click();
      await page.getByRole('option', { name: '3UK' }).click();
      await page.getByLabel('Quantity').fill('120');
      await page.getByRole('button', { name: 'Use 100' }).waitFor();
    },
  },
  {
    name: 'order',
    user: 'admin',
    window: desk,
    async show(page, { url, world }) {
      await page.goto(`${url}/orders/${world.orderId}`);
      await page.getByText('Fulfilled').first().waitFor();
    },
  },
  {
    name: 'sims-preview',
    user: 'admin',
    window: desk,
    async show(page, { url, world }) {
      await page.goto(`${url}/sims?customerId=${world.customerId}`);
      await page.getByRole('button', { name: 'Select all that match' }).click();
      await press(page, 'Actions');
      await page.getByRole('menuitem', { name: 'Resume' }).click();
      await page.getByText(/will be /).waitFor();
    },
  },
  {
    name: 'sim',
    user: 'admin',
    window: desk,
    async show(page, { url, world }) {
      await page.goto(`${url}/sims/${world.iccid}`);
      await page.getByRole('heading', { name: 'Usage' }).waitFor();
    },
  },
  { name: 'desk', user: 'platform', window: desk, show: showManifest },
  {
    name: 'sims-dark',
    user: 'admin',
    window: { ...desk, dark: true },
    async show(page, { url }) {
      await page.goto(`${url}/sims`);
      await page.getByRole('row').nth(10).waitFor();
    },
  },
  { name: 'home-phone', user: 'admin', window: windows.phone, show: showHome },
];

async function showHome(page: Page): Promise<void> {
  await page.getByText('Latest orders').waitFor();
}

/** A list of SIMs with a row that has a mistake, which the page shows before anything is loaded. */
async function showManifest(page: Page, { url, world }: { url: string; world: World }): Promise<void> {
  await page.goto(`${url}/desk/orders/demo/${world.manualOrderId}`);
  const reports = [
    { button: 'Accept', field: 'Operator’s reference', value: 'PM-4712' },
    { button: 'Dispatch', field: 'Carrier', value: 'UPS' },
  ];
  for (const { button, field, value } of reports) {
    await press(page, button);
    await page.getByLabel(field).fill(value);
    await page.getByRole('dialog').getByRole('button', { name: 'Record' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  }
  const iccids = Array.from({ length: 40 }, (_, index) =>
    withCheckDigit(`8949777990002${String(index).padStart(5, '0')}`),
  );
  const [first = '', ...others] = iccids;
  const mistyped = first.slice(0, -1) + ((Number(first.at(-1)) + 1) % 10);
  await page.locator('input[type=file]').setInputFiles({
    name: 'sims.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(['iccid', mistyped, ...others].join('\n')),
  });
  const result = page.getByText('39 of 40 rows can be loaded');
  await result.waitFor();
  await result.scrollIntoViewIfNeeded();
}

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { open } from './browser.mjs';
import { expect } from './expect.mjs';
import { box, filter, inForce, live, messages, numbers, range, rows } from './page.mjs';
import { setup } from './setup.mjs';

const it = setup();
const tall = { viewport: { width: 1300, height: 2400 } };

test('what is typed filters the stream that runs', async () => {
  await it.server.write([
    { message: 'payment accepted', severity: 'INFO', service: 'shop' },
    { message: 'payment refused', severity: 'ERROR', service: 'shop' },
    { message: 'disk full', severity: 'ERROR', service: 'store' },
  ]);
  await it.page(async (page) => {
    await live(page);
    const sockets = [];
    page.on('websocket', (s) => sockets.push(s));
    await page.reload();
    await live(page);
    await inForce(page, 'everything');
    await expect(() => messages(page)).toEqual(['payment accepted', 'payment refused', 'disk full']);

    await filter(page, 'payment severity>=ERROR');
    await inForce(page, 'severity>=ERROR AND payment');
    await expect(() => messages(page)).toEqual(['payment refused']);
    await it.server.write([
      { message: 'payment lost', severity: 'FATAL', service: 'shop' },
      { message: 'payment made', severity: 'INFO', service: 'shop' },
    ]);
    await expect(() => messages(page)).toEqual(['payment refused', 'payment lost']);
    assert.deepEqual(await page.locator('.row:not([hidden]) mark').allTextContents(), ['payment', 'payment']);
    const divider = (await rows(page)).find((r) => r.startsWith('[Filter'));
    assert.match(divider, /severity>=ERROR AND payment/);
    assert.equal(sockets.length, 1, 'one WebSocket for the whole visit');
  }, tall);
});

test('a wrong filter is underlined where it is wrong, and the old one runs on', async () => {
  await it.page(async (page) => {
    await live(page);
    await filter(page, 'message:kept');
    await inForce(page, 'kept');
    await filter(page, 'message:kept é statüs=5');
    await expect(() => page.locator('#filter-said').textContent()).toMatch(/unknown field.*still in force: kept/s);
    // The server tells bytes: é and ü have two.
    await expect(() => page.locator('.cm-content .wrong').allTextContents()).toEqual(['statüs']);
    await it.server.write([{ message: 'kept going', severity: 'INFO' }, { message: 'other', severity: 'INFO' }]);
    await expect(() => messages(page)).toEqual(['kept going']);
    await filter(page, 'going');
    await inForce(page, 'going');
    assert.equal(await page.locator('.cm-content .wrong').count(), 0);
  }, tall);
});

test('the address shares the filter, and back goes back', async () => {
  await it.page(async (page) => {
    await live(page);
    await filter(page, 'severity>=ERROR "disk full"');
    await inForce(page, 'severity>=ERROR AND "disk full"');
    const second = await open(it.browser, page.url(), tall);
    await live(second);
    await inForce(second, 'severity>=ERROR AND "disk full"');
    assert.equal(await box(second).textContent(), 'severity>=ERROR "disk full"');
    await expect(() => messages(second)).toEqual(await messages(page));
    await second.context().close();

    await page.locator('.row:not([hidden]) .service .value', { hasText: 'store' }).click();
    await page.getByRole('menuitem', { name: 'Without these' }).click();
    await inForce(page, 'severity>=ERROR AND -service=store AND "disk full"');
    await page.goBack();
    await inForce(page, 'severity>=ERROR AND "disk full"');
  }, tall);
});

test('a filter in the address that is wrong is told, and corrected with no reload', async () => {
  await it.page(
    async (page) => {
      await page.getByRole('heading', { name: 'This filter cannot be used' }).waitFor();
      await page.locator('.cm-content').waitFor();
      await expect(() => page.locator('.cm-content .wrong').allTextContents()).toEqual(['statos']);
      await filter(page, 'disk');
      await inForce(page, 'disk');
      await expect(() => messages(page)).toEqual(['disk full']);
    },
    { ...tall, path: '?q=statos%3D5' },
  );
});

test('fast typing is never refused and ends with what was typed last', async () => {
  await it.server.number(1, 20, { attributes: { part: 'typing' } });
  await it.page(async (page) => {
    await live(page);
    for (const q of ['e', 'en', 'ent', 'entr', 'entry', 'entry 1', 'entry 1 NOT 0.', 'attributes.part=typing']) {
      await page.keyboard.press('Control+k');
      await page.keyboard.press('Control+a');
      await page.keyboard.type(q);
      await page.keyboard.press('Enter');
    }
    await inForce(page, 'attributes.part=typing');
    await expect(() => numbers(page)).toEqual(range(1, 20));
  }, tall);
});

test('fields are counted, and a click narrows and widens', async () => {
  await it.page(async (page) => {
    await live(page);
    await page.getByRole('button', { name: 'store 1', exact: true }).click();
    await inForce(page, 'service=store');
    await expect(() => messages(page)).toEqual(['disk full']);
    await page.getByRole('button', { name: 'store 1', exact: true }).click();
    await inForce(page, 'everything');
  }, tall);
});

test('the rates say how many matched when, and lead there', async () => {
  await it.page(async (page) => {
    await live(page);
    await it.server.number(21, 30);
    await expect(async () => (await numbers(page)).at(-1)).toBe(30);
    const chart = page.locator('.chart .u-over');
    const box = await chart.boundingBox();
    // The newest second is at the right; which one exactly depends on when one looks.
    await expect(async () => {
      for (let x = box.width - 6; x > box.width - 200; x -= 6) {
        await chart.hover({ position: { x, y: 20 } });
        const said = await page.locator('section p', { hasText: '/s' }).textContent().catch(() => '');
        if (/\s10\/s/.test(said)) {
          await chart.click({ position: { x, y: 20 } });
          return page.locator('footer .state').textContent();
        }
      }
      return 'no second of ten';
    }).toBe('Held still');
  });
});

test('the colours are chosen, the link is copied, the fields are put away', async () => {
  await it.page(async (page) => {
    await live(page);
    await page.getByRole('button', { name: 'Dark colours' }).click();
    await expect(() => page.evaluate(() => document.documentElement.dataset.theme)).toBe('dark');
    await page.reload();
    await live(page);
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark', 'it is kept');
    await filter(page, 'disk');
    await inForce(page, 'disk');
    await page.getByRole('button', { name: 'Copy a link' }).click();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), `${it.server.url}?q=disk`);
    await page.getByRole('button', { name: 'Clear the filter' }).click();
    await page.getByRole('group', { name: 'Filters to try' }).getByRole('button').first().click();
    await inForce(page, 'severity>=WARN');
    const aside = page.getByRole('complementary', { name: 'Fields' });
    await page.getByRole('button', { name: 'Fields', exact: true }).click();
    await expect(() => aside.count()).toBe(0);
  }, tall);
});

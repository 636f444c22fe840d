import { test } from 'node:test';
import assert from 'node:assert/strict';
import { expect } from './expect.mjs';
import { live, numbers, range, rows } from './page.mjs';
import { setup } from './setup.mjs';

const it = setup();
const ALL = 60_000;

test('a flood is kept to its bound, and what fell out of it comes back when it is scrolled to', async () => {
  await it.page(async (page) => {
    await live(page);
    await it.server.number(1, ALL);
    await expect(async () => (await numbers(page)).at(-1)).toBe(ALL);
    assert.match(await page.locator('.kept').textContent(), /^50,000 of 50,000/);
    const top = (await numbers(page))[0];
    assert.deepEqual(await numbers(page), range(top, ALL), 'in order, nothing missing, nothing twice');

    // To the oldest row that is kept, and on to those before it.
    const first = ALL - 50_000 + 1;
    await page.locator('.scroller').hover();
    await page.mouse.wheel(0, -100);
    await page.locator('.pill').waitFor();
    await expect(async () => {
      await page.evaluate(() => (document.querySelector('.scroller').scrollTop = 0));
      return (await numbers(page))[0] < first - 300;
    }).toBe(true);
    const seen = await numbers(page);
    assert.deepEqual(seen, range(seen[0], seen.at(-1)));
    assert.match(await page.locator('.kept').textContent(), /^50,000 of 50,000/);

    // Room for them was made at the end, where nobody looks: it is told, and there again.
    await page.keyboard.press('Shift+G');
    await expect(async () => (await rows(page)).join()).toMatch(/\[[\d,]+ entries not shown.*more came than this page keeps/);
    await it.server.number(ALL + 1, ALL + 3);
    await expect(async () => (await numbers(page)).slice(-3)).toEqual(range(ALL + 1, ALL + 3));
    const gap = page.locator('.row.mark-gap:not([hidden])');
    await expect(async () => {
      const button = gap.getByRole('button');
      if (await button.isVisible().catch(() => false)) await button.click({ timeout: 1000 }).catch(() => {});
      return gap.count();
    }).toBe(0);
    await page.keyboard.press('Shift+G');
    await expect(async () => (await numbers(page)).slice(-20)).toEqual(range(ALL - 16, ALL + 3));
  });
});

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { expect } from './expect.mjs';
import { inForce, live, messages } from './page.mjs';
import { setup } from './setup.mjs';

const it = setup();
test('everything that matters can be done with the keyboard', async () => {
  await it.server.write([
    { message: 'first', severity: 'INFO', service: 'keys', attributes: { n: '1' } },
    { message: 'second', severity: 'ERROR', service: 'keys', attributes: { n: '2' } },
  ]);
  await it.page(async (page) => {
    await live(page);
    const key = async (...keys) => {
      for (const k of keys) await page.keyboard.press(k);
    };
    await key('/');
    await page.keyboard.type('service=ke');
    await expect(() => page.locator('.cm-tooltip-autocomplete li').allTextContents()).toEqual(['keys2']);
    await key('Tab', 'Enter');
    await inForce(page, 'service=keys');
    await expect(() => messages(page)).toEqual(['first', 'second']);
    await key('Escape', 'Space');
    await page.locator('.pill', { hasText: 'Paused' }).waitFor();
    await key('Space');
    await expect(() => page.locator('.pill').count()).toBe(0);

    // On to the rows by Tab alone.
    for (let i = 0; i < 60; i++) {
      if (await page.evaluate(() => document.activeElement?.matches('.scroller'))) break;
      await key('Tab');
    }
    await key('ArrowUp', 'ArrowUp', 'ArrowUp', 'ArrowDown', 'Enter'); // the divider, second, first, second
    const detail = page.getByRole('complementary', { name: 'Detail of the entry' });
    await detail.getByText('second').waitFor();
    for (let i = 0; i < 60; i++) {
      if (await page.evaluate(() => document.activeElement?.getAttribute('aria-label') === 'Only attributes.n=2')) break;
      await key('Tab');
    }
    await key('Enter');
    await inForce(page, 'service=keys AND attributes.n=2');
    await expect(() => messages(page)).toEqual(['second']);
    await key('Escape', '?');
    await page.getByRole('dialog').waitFor();
    await key('Escape');
    await expect(() => page.getByRole('dialog').count()).toBe(0);
  });
});

test('little moves for who wants little motion', async () => {
  await it.page(
    async (page) => {
      await live(page);
      const long = await page.evaluate(() =>
        document.getAnimations().filter((a) => Number(a.effect.getComputedTiming().duration) > 1).length);
      assert.equal(long, 0);
    },
    { reducedMotion: 'reduce' },
  );
});

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { expect } from './expect.mjs';
import { filter, inForce, live, messages } from './page.mjs';
import { setup } from './setup.mjs';

const it = setup();
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

async function violations(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
  return found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join(', ')}`);
}

for (const colorScheme of ['light', 'dark']) {
  for (const [name, viewport] of Object.entries({ desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } })) {
    test(`axe finds nothing: ${colorScheme}, ${name}`, async () => {
      const every = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
      await it.server.write(every.map((severity) => ({ message: `at level ${severity}`, severity, service: 'axe', host: 'h', attributes: { a: 'b' } })));
      await it.page(
        async (page) => {
          await live(page);
          await expect(async () => (await messages(page)).length).toSatisfy((n) => n >= 6, 'rows');
          const check = async (what) => assert.deepEqual(await violations(page), [], what);
          await check('the stream');
          await page.locator('.row:not(.mark):not([hidden]) .time').last().click();
          await check('a detail');
          await page.getByRole('tab', { name: 'Context' }).click();
          await page.locator('li.current').waitFor();
          await check('a context');
          await page.keyboard.press('Escape');
          await page.locator('.row:not(.mark):not([hidden]) .service .value').last().click();
          await page.getByRole('menu').waitFor();
          await check('a menu');
          await page.keyboard.press('Escape');
          await page.keyboard.press('f');
          await check('the fields, opened or closed');
          await page.keyboard.press('f');
          await page.keyboard.press('?');
          await check('the help');
          await page.keyboard.press('Escape');
          await page.keyboard.press('Space');
          await check('paused');
          await filter(page, 'nothing=5');
          await page.locator('.mistake').waitFor();
          await check('a mistake');
          await filter(page, 'nowhere');
          await page.getByRole('heading', { name: 'No entry matches' }).waitFor();
          await check('no match');
        },
        { colorScheme, viewport },
      );
    });
  }
}

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

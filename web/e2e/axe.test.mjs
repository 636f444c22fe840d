import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { expect } from './expect.mjs';
import { filter, live, messages } from './page.mjs';
import { setup } from './setup.mjs';

const it = setup();
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

// Colours and widths have little to do with one another: each once, not each with each.
const looks = [
  { colorScheme: 'light', width: 1440, height: 900 },
  { colorScheme: 'dark', width: 390, height: 844 },
];

/** Checks what is on the page now, light and wide, dark and narrow. */
async function check(page, what) {
  for (const { colorScheme, ...size } of looks) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(size);
    const found = await page.evaluate(
      (runOnly) => globalThis.axe.run(document, { runOnly, resultTypes: ['violations'] }).then((r) =>
        r.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join(', ')}`)),
      rules,
    );
    assert.deepEqual(found, [], `${what}, ${colorScheme}`);
  }
  await page.setViewportSize(looks[0]);
}

/** Runs a test with a page that axe is loaded into. */
const withAxe = (run, options) =>
  it.page(async (page) => {
    await page.evaluate(axe);
    await run(page);
  }, options);

test('axe finds nothing where the stream runs', async () => {
  const every = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
  await it.server.write(every.map((severity) => ({ message: `at level ${severity}`, severity, service: 'axe', host: 'h', attributes: { a: 'b' } })));
  await withAxe(async (page) => {
    await live(page);
    await expect(async () => (await messages(page)).length).toSatisfy((n) => n >= 6, 'rows');
    await check(page, 'the stream and the fields');
    await page.keyboard.press('f');
    await check(page, 'the stream');
    await page.locator('.row:not(.mark):not([hidden]) .time').last().click();
    await check(page, 'a detail');
    await page.getByRole('tab', { name: 'Context' }).click();
    await page.locator('li.current').waitFor();
    await check(page, 'a context');
    await page.keyboard.press('Escape');
    await page.locator('.row:not(.mark):not([hidden]) .service .value').last().click();
    await page.getByRole('menu').waitFor();
    await check(page, 'a menu');
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    await check(page, 'the help');
    await page.keyboard.press('Escape');
  });
});

test('axe finds nothing where something is the matter with the filter', async () => {
  await withAxe(async (page) => {
    await live(page);
    await page.keyboard.press('Space');
    await page.locator('.pill').waitFor();
    await check(page, 'paused');
    await filter(page, 'nothing=5');
    await page.locator('.mistake').waitFor();
    await check(page, 'a mistake');
    await filter(page, 'nowhere');
    await page.getByRole('heading', { name: 'No entry matches' }).waitFor();
    await check(page, 'no match');
  });
  await withAxe(
    async (page) => {
      await page.getByRole('heading', { name: 'This filter cannot be used' }).waitFor();
      await check(page, 'a mistake in the address');
    },
    { path: '?q=nothing%3D5' },
  );
});

test('axe finds nothing where something is the matter with the stream', async () => {
  const gap = { from_cursor: '', to_cursor: '', entries: '12', reason: 'RETENTION' };
  await it.between(async (page, ways) => {
    await page.evaluate(axe);
    ways[0].tell({ result: { notice: { gap } } });
    await page.locator('.row.mark-gap').waitFor();
    await check(page, 'a gap');
    ways[0].close(1012, 'UNAVAILABLE: the server is being stopped');
    await page.locator('.mark-reconnect').waitFor();
    await check(page, 'connected again');
    ways[1].close(4401, 'UNAUTHENTICATED: the token has expired');
    await page.getByLabel('Token').waitFor();
    await check(page, 'a token, over the log');
  });
});

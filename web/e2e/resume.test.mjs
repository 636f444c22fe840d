import { test } from 'node:test';
import assert from 'node:assert/strict';
import { expect } from './expect.mjs';
import { filter, inForce, live, messages, numbers, range, rows } from './page.mjs';
import { setup } from './setup.mjs';

const it = setup();
const tall = { viewport: { width: 1300, height: 2400 }, allow: /ERR_CONNECTION|WebSocket connection/ };

test('a server that is killed and started again: no row is missing, none is there twice', async () => {
  await it.page(async (page) => {
    await live(page);
    await it.server.number(1, 20);
    await expect(() => numbers(page)).toEqual(range(1, 20));
    for (let round = 1; round <= 3; round++) {
      await it.server.kill();
      await page.locator('.banner', { hasText: 'Disconnected' }).waitFor();
      assert.deepEqual(await numbers(page), range(1, round * 20), 'what was there stays');
      await it.server.run();
      // Written before the page is back: it has to resume, not to begin anew.
      await it.server.number(round * 20 + 1, round * 20 + 20);
      await expect(() => numbers(page)).toEqual(range(1, round * 20 + 20));
      await expect(async () => (await rows(page)).filter((r) => r.startsWith('[Connected again')).length).toBe(round);
    }
  }, tall);
});

test('a filter that is changed while the server is away holds when it is back', async () => {
  await it.page(async (page) => {
    await live(page);
    await it.server.kill();
    await page.locator('.banner').waitFor();
    await filter(page, '"entry 7."');
    await it.server.run();
    await inForce(page, '"entry 7."');
    await expect(() => messages(page)).toEqual(['entry 7.']);
  }, tall);
});

test('a page that is opened before the server comes up when it does', async () => {
  await it.server.kill();
  const page = await it.browser.newPage();
  await it.server.run();
  await page.goto(it.server.url);
  await live(page);
  await it.server.kill();
  await page.locator('.banner').waitFor();
  await it.server.run();
  await page.locator('footer .state.live').waitFor();
  await page.close();
});

test('a server that has another log now is told, and its entries are shown', async () => {
  await it.page(async (page) => {
    await live(page);
    await expect(() => numbers(page)).toEqual(range(1, 80)); // of the tests before
    await it.server.kill();
    await page.locator('.banner').waitFor();
    await it.server.forget();
    await it.server.run();
    await expect(async () => (await rows(page)).at(-1)).toMatch(/Connected again.*another log now/);
    await it.server.number(501, 503);
    await expect(async () => (await numbers(page)).slice(80)).toEqual(range(501, 503));
  }, tall);
});

test('a place in the log that is gone is a gap, and the stream goes on', async () => {
  const context = await it.browser.newContext(tall);
  const page = await context.newPage();
  let connections = 0;
  await page.routeWebSocket(/logs\/monitor/, (socket) => {
    if (++connections !== 2) socket.connectToServer();
    else socket.close({ code: 4416, reason: 'OUT_OF_RANGE: the cursor is too old' });
  });
  await page.goto(it.server.url);
  await live(page);
  await expect(() => numbers(page)).toEqual(range(501, 503));
  await it.server.kill();
  await page.locator('.banner').waitFor();
  await it.server.run();
  await expect(async () => (await rows(page)).slice(-2).join()).toMatch(/Entries not shown.*removed.*Fetch.*Connected again/);
  await it.server.number(504, 505);
  await expect(async () => (await numbers(page)).slice(3)).toEqual(range(504, 505));
  await context.close();
});

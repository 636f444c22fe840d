import { test } from 'node:test';
import assert from 'node:assert/strict';
import { open } from './browser.mjs';
import { expect } from './expect.mjs';
import { live, numbers, range, rows } from './page.mjs';
import { setup } from './setup.mjs';

const it = setup();
const tall = { viewport: { width: 1300, height: 2400 } };

test('an empty log says how to fill it', async () => {
  await it.page(async (page) => {
    await page.getByRole('heading', { name: 'Nothing has been logged yet' }).waitFor();
    await it.server.number(1, 3);
    await expect(() => numbers(page)).toEqual(range(1, 3));
    await expect(() => page.getByRole('heading', { name: 'Nothing has been logged yet' }).count()).toBe(0);
  }, tall);
});

test('a filter that nothing matches says so', async () => {
  await it.page(
    async (page) => {
      await page.getByRole('heading', { name: 'No entry matches' }).waitFor();
      await page.getByRole('button', { name: 'Clear the filter' }).last().click();
      await expect(() => numbers(page)).toEqual(range(1, 3));
    },
    { ...tall, path: '?q=nowhere' },
  );
});

/** Lets the page talk to the server, and puts frames of our own in between. */
async function between(run) {
  const context = await it.browser.newContext(tall);
  const page = await context.newPage();
  const sockets = [];
  await page.routeWebSocket(/logs\/monitor/, (socket) => {
    const server = socket.connectToServer();
    sockets.push({ tell: (frame) => socket.send(JSON.stringify(frame)), server, socket });
    server.onMessage((m) => socket.send(m));
  });
  await page.goto(it.server.url);
  await live(page);
  await run(page, sockets);
  await context.close();
}

test('a gap is shown with its number, its reason and a way to fetch it', async () => {
  await between(async (page, sockets) => {
    await expect(() => numbers(page)).toEqual(range(1, 3));
    const [first] = (await (await fetch(`${it.server.url}logs?order=OLDEST_FIRST&page_size=1`)).json()).entries;
    await it.server.number(4, 4);
    await expect(() => numbers(page)).toEqual(range(1, 4));
    sockets[0].tell({
      result: { notice: { gap: { from_cursor: first.cursor, to_cursor: first.cursor, entries: '1234', reason: 'SKIPPED_TO_LIVE' } } },
    });
    await expect(async () => (await rows(page)).at(-1)).toMatch(/1,234 entries not shown.*too slow.*Fetch the next 1,000/);
    await expect(() => page.locator('footer', { hasText: 'missed' }).textContent()).toMatch(/missed\s*1,234/);
  });
});

test('a server that wants a credential is asked with one, in a sub-protocol', async () => {
  const context = await it.browser.newContext(tall);
  const page = await context.newPage();
  let connections = 0;
  await page.routeWebSocket(/logs\/monitor/, (socket) => {
    if (++connections === 1) socket.close({ code: 4401, reason: 'UNAUTHENTICATED: a token is needed' });
    else socket.connectToServer();
  });
  // What the page offers is noted and kept back: this server has no authentication to answer it.
  await page.addInitScript(() => {
    const Real = WebSocket;
    globalThis.offered = [];
    globalThis.WebSocket = class extends Real {
      constructor(url, protocols) {
        super(url);
        globalThis.offered.push([String(url), protocols]);
      }
    };
  });
  await page.goto(it.server.url);
  await page.getByRole('heading', { name: 'This server asks who you are' }).waitFor();
  await page.getByLabel('Token').fill('sk_abc');
  await page.getByRole('button', { name: 'Connect' }).click();
  await expect(() => numbers(page)).toEqual(range(1, 4));
  const offered = await page.evaluate(() => globalThis.offered);
  assert.deepEqual(offered.map(([, protocols]) => protocols), [[], ['Bearer', 'sk_abc']]);
  assert.ok(offered.every(([url]) => !url.includes('sk_abc')), 'never in an address');
  assert.equal(await page.evaluate(() => sessionStorage.getItem('logsieve.token')), 'sk_abc');
  await context.close();
});

test('who may not read is told so', async () => {
  const context = await it.browser.newContext(tall);
  const page = await context.newPage();
  await page.routeWebSocket(/logs\/monitor/, (socket) => socket.close({ code: 4403, reason: 'PERMISSION_DENIED: no read permission' }));
  await page.goto(it.server.url);
  await page.getByRole('heading', { name: 'You may not read this log' }).waitFor();
  await page.getByText('no read permission').waitFor();
  await context.close();
});

test('an entry has its detail, its context and a copy', async () => {
  await it.server.write([{ message: 'the one', severity: 'WARN', service: 'shop', host: 'h1', attributes: { 'user.id': '42' }, trace_id: '0af7651916cd43dd8448eb211c80319c' }]);
  await it.server.number(5, 9);
  await it.page(async (page) => {
    await live(page);
    await page.locator('.row:not([hidden]) .message', { hasText: 'the one' }).click();
    const detail = page.getByRole('complementary', { name: 'Detail of the entry' });
    await detail.getByText('user.id').waitFor();
    await detail.getByRole('button', { name: 'Copy JSON' }).click();
    const copied = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
    assert.equal(copied.attributes['user.id'], '42');
    assert.equal(copied.filter_revision, undefined);
    await page.getByRole('tab', { name: 'Context' }).click();
    await expect(() => detail.locator('.what').allTextContents()).toEqual([
      'entry 1.', 'entry 2.', 'entry 3.', 'entry 4.', 'the one', 'entry 5.', 'entry 6.', 'entry 7.', 'entry 8.', 'entry 9.',
    ]);
    await detail.getByRole('button', { name: 'Same trace' }).click();
    await expect(() => detail.locator('.what').allTextContents()).toEqual(['the one']);
    await page.keyboard.press('Escape');
    assert.equal(await detail.count(), 0);
  }, tall);
});

test('the page shows the same in a second tab of another size', async () => {
  const phone = await open(it.browser, it.server.url, { viewport: { width: 390, height: 844 } });
  await live(phone);
  await expect(async () => (await numbers(phone)).at(-1)).toBe(9);
  assert.equal(await phone.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, 'nothing sticks out');
  await phone.context().close();
});

// Takes pictures of the page in its states, of the real server: npm run shots -- FOLDER [NAME …]
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { launch, open } from './browser.mjs';
import { expect } from './expect.mjs';
import { filter, live, numbers } from './page.mjs';
import { Server } from './server.mjs';

const folder = resolve(process.argv[2] ?? 'shots');
const only = process.argv.slice(3); // all, if none is named
await mkdir(folder, { recursive: true });
const browser = await launch();
const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true };

/** The server of the picture that is taken. */
let server;

async function shot(name, run, { path = '', before, ...options } = {}) {
  if (only.length > 0 && !only.includes(name)) return;
  const page = await open(browser, 'about:blank', options);
  await before?.(page);
  await page.goto(server.url + path);
  await run(page);
  await page.mouse.move(700, 3);
  await page.screenshot({ path: join(folder, `${name}.png`) });
  await page.context().close();
  console.log(name);
}

const settle = (page, ms = 1500) => page.waitForTimeout(ms);
const seen = (page, text) => page.locator('.row:not(.mark):not([hidden])', { hasText: text }).last();

async function typed(page, text, ms) {
  await live(page);
  await filter(page, text);
  await settle(page, ms);
}

// --- A shop with a usual day ----------------------------------------------------

server = await Server.start('demo', '--rate', '30', '--backlog', '4m');
for (const colorScheme of ['light', 'dark']) {
  await shot(`${colorScheme}`, async (page) => {
    await live(page);
    await settle(page, 4000);
  }, { colorScheme });
  await shot(`${colorScheme}-filter`, (page) => typed(page, 'payment severity>=WARN', 6000), { colorScheme });
  await shot(`${colorScheme}-phone`, async (page) => {
    await live(page);
    await settle(page);
  }, { colorScheme, ...phone });
}
await shot('mistake', (page) => typed(page, 'service=checkout durration_ms>500'));
await shot('completion', async (page) => {
  await live(page);
  await page.keyboard.press('Control+k');
  await page.keyboard.type('severity>=WARN service=');
  await page.locator('.cm-tooltip-autocomplete').waitFor();
  await settle(page, 300);
});
await shot('detail', async (page) => {
  await typed(page, 'severity>=ERROR');
  await seen(page, 'order').locator('.time').click();
  await settle(page, 500);
});
await shot('context', async (page) => {
  await typed(page, 'severity>=ERROR');
  await seen(page, 'order').locator('.time').click();
  await page.getByRole('tab', { name: 'Context' }).click();
  await settle(page);
}, { colorScheme: 'dark' });
await shot('menu', async (page) => {
  await live(page);
  await page.keyboard.press('Space');
  await page.locator('.row:not([hidden]) .service .value').nth(20).click();
  await settle(page, 200);
});
await shot('paused', async (page) => {
  await live(page);
  await page.keyboard.press('Space');
  await settle(page, 5000);
});
await shot('scrolled', async (page) => {
  await live(page);
  await settle(page);
  await page.locator('.scroller').hover();
  await page.mouse.wheel(0, -700);
  await settle(page, 3000);
}, { colorScheme: 'dark' });
await shot('help', async (page) => {
  await live(page);
  await page.keyboard.press('?');
  await settle(page, 300);
});
await shot('no-match', (page) => typed(page, 'service=nowhere', 2500));
await shot('wrong-address', (page) => settle(page, 2500), { path: '?q=service%3Dcart+AND+(severity%3E%3DWARN' });
await shot('phone-detail', async (page) => {
  await typed(page, 'severity>=ERROR');
  await seen(page, '').locator('.time').click();
  await settle(page, 500);
}, phone);
await shot('phone-fields', async (page) => {
  await live(page);
  await page.getByRole('button', { name: 'Fields', exact: true }).click();
  await settle(page);
}, phone);
let sockets = [];
await shot('gap', async (page) => {
  await live(page);
  await settle(page, 2000);
  const gap = (entries, reason) => sockets.at(-1).send(JSON.stringify({ result: { notice: { gap: { entries, reason } } } }));
  gap('12840', 'RETENTION');
  await settle(page, 400);
  gap('310', 'RATE_LIMIT');
  await settle(page, 400);
}, {
  before: (page) => page.routeWebSocket(/monitor/, (s) => {
    sockets.push(s);
    s.connectToServer().onMessage((m) => s.send(m));
  }),
});
await shot('connecting', (page) => settle(page, 900), { before: (page) => page.routeWebSocket(/monitor/, () => new Promise(() => {})) });
await shot('disconnected', async (page) => {
  await live(page);
  await settle(page, 1500);
  await server.kill();
  await page.locator('.banner').waitFor();
  await settle(page, 2500);
});
await server.stop();

// --- A server that comes back ---------------------------------------------------------

server = await Server.start();
await shot('empty', async (page) => {
  await live(page);
  await settle(page);
});
await server.number(1, 12, { host: 'h1' });
await shot('reconnected', async (page) => {
  await live(page);
  await settle(page, 500);
  await server.kill();
  await page.locator('.banner').waitFor();
  await server.run();
  await server.number(13, 20, { host: 'h1' });
  await expect(async () => (await numbers(page)).at(-1)).toBe(20);
});
await server.stop();

// --- A server that asks who is there ------------------------------------------------

server = await Server.guarded();
await server.number(1, 40, { host: 'h1' });
const give = async (page, token) => {
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Connect' }).click();
};
await shot('token', async (page) => {
  await page.getByLabel('Token').waitFor();
  await settle(page, 300);
});
await shot('token-wrong', async (page) => {
  await give(page, 'sk_nobody_0000');
  await page.getByText('Not let in').waitFor();
  await settle(page, 300);
}, { colorScheme: 'dark', ...phone });
const writer = server.newToken('--name', 'writer', '--write');
const guest = server.newToken('--name', 'guest', '--read', '*', '--expires', new Date(Date.now() + 12_000).toISOString());
await settle({ waitForTimeout: (ms) => new Promise((r) => setTimeout(r, ms)) }, 3000); // until they are let in
await shot('forbidden', async (page) => {
  await give(page, writer);
  await page.getByRole('heading', { name: 'You may not' }).waitFor();
});
await shot('token-expired', async (page) => {
  await give(page, guest);
  await page.getByRole('heading', { name: 'Your access has ended' }).waitFor();
  await settle(page, 300);
});
await server.stop();

// --- A flood ----------------------------------------------------------------------------

server = await Server.start('demo', '--rate', '5000', '--backlog', '1s');
await shot('busy', async (page) => {
  await live(page);
  await settle(page, 12_000);
});
await shot('busy-paused', async (page) => {
  await live(page);
  await settle(page, 2000);
  await page.keyboard.press('Space');
  await settle(page, 6000);
  await page.keyboard.press('Shift+G');
  await settle(page, 1000);
  await page.keyboard.press('Space');
  await settle(page, 500);
}, { colorScheme: 'dark' });
await server.stop();
await browser.close();

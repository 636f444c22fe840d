import { test } from 'node:test';
import assert from 'node:assert/strict';
import { expect } from './expect.mjs';
import { live, messages, numbers, range, rows } from './page.mjs';
import { Server } from './server.mjs';
import { setup } from './setup.mjs';

const it = setup(() => Server.guarded());
// A refusal is an error of the network to the browser, and it says so in its console.
const tall = { viewport: { width: 1300, height: 2400 }, allow: /WebSocket connection|status of 40[13]/ };

async function give(page, token) {
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Connect' }).click();
}

test('a server that asks is told who is there, and nobody else', async () => {
  await it.server.number(1, 5);
  const token = it.server.newToken('--name', 'ana', '--read', '*');
  await it.page(async (page) => {
    const asked = [];
    page.on('request', (r) => asked.push(r.url()));
    page.on('websocket', (s) => asked.push(s.url()));
    await page.getByRole('heading', { name: 'This server asks who you are' }).waitFor();
    assert.equal(await page.getByRole('alert').textContent(), '', 'nothing is wrong yet');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'token');

    await give(page, `${token.slice(0, -4)}AAAA`);
    await expect(() => page.getByRole('alert').textContent()).toMatch(/Not let in\. The credential/);
    assert.equal(await page.evaluate(() => sessionStorage.length), 0, 'what was refused is not kept');

    await expect(async () => {
      // A token that was made a moment ago is let in within seconds.
      if (await page.getByLabel('Token').isVisible()) await give(page, token).catch(() => {});
      return numbers(page);
    }).toEqual(range(1, 5));
    await it.server.number(6, 7);
    await expect(() => numbers(page)).toEqual(range(1, 7));

    await page.reload();
    await expect(() => numbers(page)).toEqual(range(1, 7));
    assert.deepEqual(asked.filter((url) => url.includes(token) || url.includes(btoa(token).slice(0, 20))), [], 'never in an address');
    assert.deepEqual(await page.evaluate(() => [Object.keys(localStorage), document.cookie]), [[], '']);
    const other = await page.context().newPage();
    await other.goto(it.server.url);
    await other.getByLabel('Token').waitFor(); // it is this tab's alone
  }, tall);
});

/** Opens the page with a token that is let in by now. */
async function withToken(flags, run) {
  const token = it.server.newToken(...flags);
  await it.page(async (page) => {
    await expect(async () => {
      if (await page.getByLabel('Token').isVisible()) await give(page, token).catch(() => {});
      return page.locator('footer .state.live').or(page.getByRole('heading', { name: 'You may not' })).count();
    }).toBe(1);
    await run(page);
  }, tall);
}

test('who may read a part sees that part', async () => {
  await it.server.write([{ message: 'for a', service: 'a', severity: 'INFO' }, { message: 'for b', service: 'b', severity: 'INFO' }]);
  await withToken(['--name', 'a', '--read', 'service=a'], async (page) => {
    await live(page);
    await expect(() => messages(page)).toEqual(['for a']);
    await expect(() => page.locator('aside section[aria-label=service] .name').allTextContents()).toEqual(['a']);
  });
});

test('who may not read is told so, and may try as somebody else', async () => {
  await withToken(['--name', 'writer', '--write'], async (page) => {
    await page.getByRole('heading', { name: 'You may not read this log' }).waitFor();
    await page.getByRole('button', { name: 'Use another token' }).click();
    await give(page, it.server.token);
    await live(page);
  });
});

test('access that ends is told, what was read stays, and another token goes on from there', async () => {
  const later = it.server.newToken('--name', 'guest again', '--read', 'service=counter');
  const soon = new Date(Date.now() + 10_000).toISOString();
  await withToken(['--name', 'guest', '--read', 'service=counter', '--expires', soon], async (page) => {
    await expect(() => numbers(page)).toEqual(range(1, 7));
    await page.getByRole('heading', { name: 'Your access has ended' }).waitFor();
    assert.deepEqual(await numbers(page), range(1, 7));
    await it.server.number(8, 9);
    await give(page, later);
    await expect(() => numbers(page)).toEqual(range(1, 9));
    await expect(async () => (await rows(page)).filter((r) => r.startsWith('[Connected again')).length).toBe(1);
  });
});

test('whoever may read something else begins anew', async () => {
  const soon = new Date(Date.now() + 10_000).toISOString();
  await withToken(['--name', 'guest', '--read', 'service=b', '--expires', soon], async (page) => {
    await expect(() => messages(page)).toEqual(['for b']);
    await page.getByRole('heading', { name: 'Your access has ended' }).waitFor();
    await give(page, it.server.token);
    await expect(async () => (await messages(page)).slice(-2)).toEqual(['entry 8.', 'entry 9.']);
    assert.ok((await messages(page)).includes('for a'));
  });
});

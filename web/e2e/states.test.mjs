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

test('an entry has its detail, its context and a copy', async () => {
  await it.server.write([{ message: 'the one', severity: 'WARN', service: 'shop', host: 'h1', attributes: { 'user.id': '42' }, trace_id: '0af7651916cd43dd8448eb211c80319c' }]);
  await it.server.number(4, 9);
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
      'entry 1.', 'entry 2.', 'entry 3.', 'the one', 'entry 4.', 'entry 5.', 'entry 6.', 'entry 7.', 'entry 8.', 'entry 9.',
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

test('a gap is shown with its number, its reason and a way to fetch it', async () => {
  await it.between(async (page, ways) => {
    await expect(() => numbers(page)).toEqual(range(1, 9));
    const [way] = ways;
    way.loseUntil = '"entry 1243."';
    await it.server.number(10, 1243);
    await expect(() => way.loseUntil).toBe('');
    const { entries: all } = await (await fetch(`${it.server.url}logs?order=OLDEST_FIRST&page_size=2000`)).json();
    const gap = { from_cursor: all[9].cursor, to_cursor: all.at(-1).cursor, entries: '1234', reason: 'SKIPPED_TO_LIVE' };
    way.tell({ result: { notice: { gap } } });
    await it.server.number(1244, 1246);
    await expect(async () => (await rows(page)).at(-4)).toMatch(/1,234 entries not shown.*too slow.*Fetch the next 1,000/);
    const missed = page.locator('footer dl div', { hasText: 'missed' }).locator('dd');
    await expect(() => missed.textContent()).toBe('1,234');
    const button = page.locator('.row.mark-gap:not([hidden])').getByRole('button');
    await button.click();
    await expect(() => missed.textContent()).toBe('234');
    await button.click();
    await expect(() => missed.textContent()).toBe('0');
    await expect(async () => (await numbers(page)).slice(-50)).toEqual(range(1197, 1246));
    assert.equal((await rows(page)).filter((r) => r.includes('not shown')).length, 0);
  }, tall);
});

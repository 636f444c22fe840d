import { test } from 'node:test';
import assert from 'node:assert/strict';
import { expect } from './expect.mjs';
import { filter, live, messages, numbers, range, rows } from './page.mjs';
import { setup } from './setup.mjs';

const it = setup();
const tall = { viewport: { width: 1300, height: 2400 } };

/** What a reader sees: the rows whose middle is in sight, and where. */
const seen = (page) =>
  page.evaluate(() => {
    const box = document.querySelector('.scroller').getBoundingClientRect();
    return [...document.querySelectorAll('.body .row:not([hidden])')]
      .map((e) => [Math.round(e.getBoundingClientRect().top), e.textContent])
      .filter(([top]) => top > box.top + 30 && top < box.bottom - 30)
      .sort(([a], [b]) => a - b);
  });

test('pause and resume lose nothing', async () => {
  await it.page(async (page) => {
    await live(page);
    await it.server.number(1, 10);
    await expect(() => numbers(page)).toEqual(range(1, 10));
    await page.keyboard.press('Space');
    await it.server.number(11, 40);
    await expect(() => page.locator('.pill').textContent()).toMatch(/Paused\s*30 waiting/);
    assert.deepEqual(await numbers(page), range(1, 10));
    await page.keyboard.press('Space');
    await expect(() => numbers(page)).toEqual(range(1, 40));
  }, tall);
});

test('scrolling up holds the view still, and the end lets it go', async () => {
  await it.server.number(41, 1000);
  await it.page(async (page) => {
    await live(page);
    await expect(async () => (await numbers(page)).at(-1)).toBe(1000);
    await page.locator('.scroller').hover();
    await page.mouse.wheel(0, -600);
    await page.locator('.pill', { hasText: 'Jump to the end' }).waitFor();
    const before = await seen(page);
    await it.server.number(1001, 1200);
    await expect(() => page.locator('.pill').textContent()).toMatch(/200 new/);
    assert.deepEqual(await seen(page), before, 'what is read has moved');
    await page.keyboard.press('Shift+G');
    await expect(async () => (await numbers(page)).at(-1)).toBe(1200);
    assert.equal(await page.locator('.pill').count(), 0);
  });
});

test('scrolling up to the top fetches what is older, with nothing missing and nothing twice', async () => {
  await it.page(async (page) => {
    await live(page);
    await expect(async () => (await numbers(page)).at(-1)).toBe(1200);
    const met = new Set();
    await page.locator('.scroller').hover();
    await expect(async () => {
      for (const n of await numbers(page)) met.add(n);
      await page.mouse.wheel(0, -500);
      return met.has(1);
    }).toBe(true);
    assert.deepEqual([...met].sort((a, b) => a - b), range(1, 1200));
    await expect(() => page.locator('.past').textContent()).toMatch(/beginning of what is retained/);
  });
});

test('selecting text holds the view still', async () => {
  await it.page(async (page) => {
    await live(page);
    await expect(async () => (await numbers(page)).at(-1)).toBe(1200);
    const row = page.locator('.row:not([hidden]) .message', { hasText: 'entry 1190.' });
    const box = await row.boundingBox();
    await page.mouse.move(box.x + 2, box.y + 10);
    await page.mouse.down();
    await page.mouse.move(box.x + 70, box.y + 10, { steps: 4 });
    await page.mouse.up();
    assert.match(await page.evaluate(() => getSelection().toString()), /entry/);
    const before = await seen(page);
    await it.server.number(1201, 1210);
    await expect(() => page.locator('.pill').textContent()).toMatch(/10 new/);
    assert.deepEqual(await seen(page), before);
    await page.evaluate(() => getSelection().removeAllRanges());
    await expect(async () => (await numbers(page)).at(-1)).toBe(1210);
  });
});

test('rows are copied as lines', async () => {
  await it.page(async (page) => {
    await live(page);
    await expect(async () => (await numbers(page)).at(-1)).toBe(1210);
    await page.keyboard.press('Space');
    const place = async (n) => (await page.locator('.row:not([hidden]) .message', { hasText: `entry ${n}.` }).boundingBox());
    const [from, to] = [await place(1195), await place(1197)];
    await page.mouse.move(from.x + 1, from.y + 10);
    await page.mouse.down();
    await page.mouse.move(to.x + 60, to.y + 10, { steps: 5 });
    await page.mouse.up();
    await page.keyboard.press('Control+c');
    const lines = (await page.evaluate(() => navigator.clipboard.readText())).trimEnd().split('\n');
    assert.deepEqual(lines.map((l) => l.replace(/^\d\d:\d\d:\d\d\.\d{3} {2}/, '')), [1195, 1196, 1197].map((n) => `INFO  counter    entry ${n}.`));
  });
});

test('what does not fit while paused is a gap that can be filled', async () => {
  await it.page(async (page) => {
    await live(page);
    await page.keyboard.press('Space');
    await it.server.number(1211, 22_000);
    await expect(() => page.locator('.pill').textContent()).toMatch(/20,790 waiting/);
    await page.keyboard.press('Space');
    await expect(async () => (await numbers(page)).at(-1)).toBe(22_000);
    const gap = page.locator('.row.mark-gap:not([hidden])');
    await page.locator('.scroller').focus();
    await page.evaluate(() => {
      const s = document.querySelector('.scroller');
      s.dispatchEvent(new WheelEvent('wheel'));
      s.scrollTop = s.scrollHeight - 20_012 * 22;
    });
    await expect(() => gap.textContent()).toMatch(/790 entries not shown/);
    await gap.getByRole('button').click();
    await expect(() => gap.count()).toBe(0);
    await expect(async () => (await messages(page)).length).toSatisfy((n) => n > 20, 'rows are drawn');
    const shown = await numbers(page);
    assert.deepEqual(shown, range(shown[0], shown.at(-1)));
    assert.ok(shown[0] > 1100 && shown.at(-1) < 2100, `around the gap: ${shown[0]} to ${shown.at(-1)}`);
    assert.equal((await rows(page)).filter((r) => r.includes('not shown')).length, 0);
  });
});

test('the past and the stream join, however much comes before the past is there', async () => {
  await it.server.number(22_001, 22_050);
  let release;
  const released = new Promise((resolve) => (release = resolve));
  await it.page(async (page) => {
    await page.route(/\/logs\?/, async (route) => {
      await released;
      await route.continue();
    });
    await page.reload();
    await live(page);
    await it.server.number(22_051, 23_250); // four times what a page of the past holds
    await expect(async () => (await numbers(page)).at(-1)).toBe(23_250);
    release();
    await page.locator('.scroller').hover();
    await page.mouse.wheel(0, -100);
    const met = new Set();
    await expect(async () => {
      for (const n of await numbers(page)) met.add(n);
      await page.mouse.wheel(0, -1500);
      return met.has(21_800);
    }).toBe(true);
    const shown = [...met].sort((a, b) => a - b);
    assert.deepEqual(shown, range(shown[0], 23_250));
    await page.evaluate(() => (document.querySelector('.scroller').scrollTop -= 1));
    const here = await numbers(page);
    assert.deepEqual(here, range(here[0], here.at(-1)), 'in order, nothing twice');
  }, tall);
});

test('a pause holds the view of a filter that is in force but not shown yet', async () => {
  await it.page(async (page) => {
    const applied = [];
    page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => {
      if (String(payload).includes('"applied"')) applied.forEach((found) => found());
    }));
    await page.reload();
    await live(page);
    await page.route(/[/]logs[?]/, () => {}); // its past never comes: it is shown after a while
    await filter(page, 'service=counter');
    const inForceNow = new Promise((found) => applied.push(found));
    await inForceNow;
    await page.locator('.scroller').focus();
    await page.keyboard.press('Space');
    assert.match(await page.locator('#filter-said').textContent(), /everything/, 'paused before the view has changed');
    await expect(async () => (await page.locator('#filter-said').textContent()).trim()).toBe('in force service=counter');
    await it.server.number(30_001, 30_010);
    await expect(() => page.locator('.pill').textContent()).toMatch(/10 waiting/);
  });
});

test('the end is where one gets to, also while the view still scrolls', async () => {
  await it.page(async (page) => {
    await live(page);
    await it.server.number(31_001, 31_400);
    await expect(async () => (await numbers(page)).at(-1)).toBe(31_400);
    await page.locator('.scroller').hover();
    await page.mouse.wheel(0, -500);
    await page.locator('.pill').waitFor();
    // A scroll that was told after the key was pressed, and before the next frame is drawn.
    await page.evaluate(() => {
      const s = document.querySelector('.scroller');
      s.scrollTop = 100;
      dispatchEvent(new KeyboardEvent('keydown', { key: 'G' }));
      s.dispatchEvent(new Event('scroll'));
    });
    await expect(async () => (await numbers(page)).at(-1)).toBe(31_400);
    assert.equal(await page.locator('.pill').count(), 0);
  });
});

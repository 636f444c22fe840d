import { expect } from './expect.mjs';

/** The filter box, in whichever of its two forms it is. */
export const box = (page) => page.getByRole('textbox', { name: 'Filter' });

/** Opens nothing, waits until the stream runs. */
export async function live(page) {
  await page.locator('footer .state.live, footer .state.held, footer .state.paused').waitFor();
  await page.locator('.cm-content').waitFor(); // the box that it will stay
}

/** Replaces what is in the filter box. */
export async function filter(page, text) {
  await page.keyboard.press('Control+k');
  await page.keyboard.press('Control+a');
  if (text === '') await page.keyboard.press('Backspace');
  else await page.keyboard.type(text);
  await page.keyboard.press('Escape'); // the list of completions, if there is one
}

/** Waits until this canonical form is in force. */
export async function inForce(page, canonical) {
  await expect(async () => (await page.locator('#filter-said').textContent()).trim()).toBe(`in force ${canonical}`);
}

/** The rows that are drawn, from top to bottom: messages, and dividers in brackets. */
export function rows(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll('.body .row')]
      .filter((e) => !e.hidden)
      .sort((a, b) => a.getAttribute('aria-rowindex') - b.getAttribute('aria-rowindex'))
      .map((e) => (e.classList.contains('mark') ? `[${e.textContent}]` : e.querySelector('.message').textContent)),
  );
}

/** The messages that are drawn. */
export async function messages(page) {
  return (await rows(page)).filter((r) => !r.startsWith('['));
}

/** The numbers of numbered entries that are drawn. */
export async function numbers(page) {
  return (await messages(page)).flatMap((m) => /^entry (\d+)\.$/.exec(m)?.[1] ?? []).map(Number);
}

export const range = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

import assert from 'node:assert/strict';

/** How long a page has to come to what is expected of it: the machine may be a busy one. */
const PATIENCE = 30_000;

/** Asks again and again until the answer is as it should be, or patience ends with the difference. */
async function until(ask, check) {
  const end = Date.now() + PATIENCE;
  for (;;) {
    try {
      return check(await ask());
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((r) => setTimeout(r, 50));
    }
  }
}

/** expect(async () => value).toBe(…): the value becomes this in time. */
export const expect = (ask) => ({
  toBe: (want) => until(ask, (got) => assert.equal(got, want)),
  toEqual: (want) => until(ask, (got) => assert.deepEqual(got, want)),
  toMatch: (want) => until(ask, (got) => assert.match(got, want)),
  toSatisfy: (check, what) => until(ask, (got) => assert.ok(check(got), `${what}: ${JSON.stringify(got)?.slice(0, 500)}`)),
});

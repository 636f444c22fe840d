import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

// Runs the files of tests, three at a time. A file that fails is run once more, alone, and that counts: three browsers and
// their servers on two cores can leave one of them without a processor for longer than a test waits. It is said, since a
// test that needs it often is one to look at.

const all = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.test.mjs')).map((name) => join(import.meta.dirname, name));

/** Runs files and returns those in which something failed. */
function run(files, atATime) {
  const { stdout, status } = spawnSync(
    process.execPath, ['--test', '--test-reporter=tap', `--test-concurrency=${atATime}`, ...files],
    { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8', maxBuffer: 64 << 20 },
  );
  process.stdout.write(stdout);
  if (status === 0) return [];
  const failed = files.filter((file) => failures(stdout).some((failure) => failure.includes(file)));
  return failed.length > 0 ? failed : files;
}

/** Returns what stands behind each "not ok" of a report, which names the place of the test. */
const failures = (report) => report.split(/^(?=ok |not ok )/m).filter((part) => part.startsWith('not ok'));

const failed = run(all, 3);
for (const file of failed) console.log(`\n${file} has failed beside others, and is run alone:\n`);
process.exitCode = failed.length > 0 && run(failed, 1).length > 0 ? 1 : 0;

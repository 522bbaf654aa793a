// pg-boss without its maintenance. Batches of 1,000 are inserted and fetched. Its call that completes many jobs at once gives all of them one result, so for results of their own each job is
// completed by itself, over all connections; with BENCH_SHARED_RESULTS a batch is completed in one call.
import PgBoss from 'pg-boss';
import { drive, filler, pause } from './driver.mjs';

const settings = { fetchers: 4, batchSize: 1000, max: 50, sharedResults: process.env.BENCH_SHARED_RESULTS === 'true' };
const boss = new PgBoss({ connectionString: process.env.DATABASE_URL, max: settings.max, supervise: false, schedule: false });
const result = { filler };
let stopping = false;
let completed = 0;
let fetching;

async function fetchAll(ran) {
  while (!stopping) {
    const jobs = await boss.fetch('echo', { batchSize: settings.batchSize });
    if (!jobs?.length) {
      await pause(2);
      continue;
    }
    for (const job of jobs) ran(job.data.number);
    if (settings.sharedResults) await boss.complete('echo', jobs.map((job) => job.id), result);
    else await Promise.all(jobs.map((job) => boss.complete('echo', job.id, result)));
    completed += jobs.length;
  }
}

await drive({
  settings,
  async start(ran) {
    await boss.start();
    await boss.createQueue('echo');
    fetching = Promise.all(Array.from({ length: settings.fetchers }, () => fetchAll(ran)));
  },
  submit: (numbers) => boss.insert(numbers.map((number) => ({ name: 'echo', data: { number, filler } }))),
  async settled(total) {
    while (completed < total) await pause(2);
  },
  async stop() {
    stopping = true;
    await fetching;
    await boss.stop({ graceful: false });
  },
});

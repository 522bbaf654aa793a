// graphile-worker as its own performance test runs it: a local queue of 500, 24 jobs at once, ends written in batches. It deletes the row of a job that has succeeded.
import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import pg from 'pg';
import { drive, filler, pause } from './driver.mjs';

const connectionString = process.env.DATABASE_URL;
const worker = { concurrentJobs: 24, maxPoolSize: 20, localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0, pollInterval: 2000 };
const logger = new Logger(() => () => {});
const pool = new pg.Pool({ connectionString, max: 5 });
pool.on('error', (error) => console.error(error));
pool.on('connect', (client) => client.on('error', (error) => console.error(error)));
let utils;
let runner;

await drive({
  settings: worker,
  async start(ran) {
    utils = await makeWorkerUtils({ pgPool: pool, logger });
    await utils.migrate();
    runner = await run({
      preset: { worker: { connectionString, ...worker } },
      logger,
      noHandleSignals: true,
      parsedCronItems: [],
      taskList: { echo: async (payload) => ran(payload.number) },
    });
  },
  // In one call of its own function in SQL.
  submit: (numbers) => utils.addJobs(numbers.map((number) => ({ identifier: 'echo', payload: { number, filler } }))),
  async settled() {
    while ((await pool.query('select exists (select from graphile_worker._private_jobs) as left')).rows[0].left) await pause(5);
  },
  async stop() {
    await runner.stop();
    await utils.release();
    await pool.end();
  },
});

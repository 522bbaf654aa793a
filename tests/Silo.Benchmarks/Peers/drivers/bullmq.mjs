// BullMQ on Redis that syncs every write: jobs added in bulk, one worker with many at once, results kept.
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { drive, filler, pause } from './driver.mjs';

const settings = { concurrency: 100 };
const connect = () => new Redis(process.env.REDIS_URL, { maxRetriesPerRequest: null });
const connections = [connect(), connect()];
const queue = new Queue('echo', { connection: connections[0] });
let worker;
let completed = 0;

await drive({
  settings,
  async start(ran) {
    worker = new Worker('echo', async (job) => (ran(job.data.number), filler), { connection: connections[1], ...settings });
    worker.on('completed', () => completed++);
    await worker.waitUntilReady();
  },
  submit: (numbers) => queue.addBulk(numbers.map((number) => ({ name: 'echo', data: { number, filler } }))),
  async settled(total) {
    while (completed < total) await pause(2);
  },
  async stop() {
    await worker.close();
    await queue.close();
    connections.forEach((connection) => connection.disconnect());
  },
});

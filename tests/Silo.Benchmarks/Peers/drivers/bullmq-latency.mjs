// From the call that adds one job to the start of its processor, in one process, with a pause before each; the samples are milliseconds.
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';

const { samples, first_samples: firstSamples, idle_milliseconds: idle, payload_bytes: payloadBytes } = JSON.parse(process.env.BENCH_OPTIONS);
const filler = 'x'.repeat(payloadBytes - 2);
const connections = [0, 1].map(() => new Redis(process.env.REDIS_URL, { maxRetriesPerRequest: null }));
const queue = new Queue('idle', { connection: connections[0] });
let started = () => {};
const worker = new Worker('idle', async () => started(process.hrtime.bigint()), { connection: connections[1] });
await worker.waitUntilReady();
const ended = () => new Promise((resolve) => worker.once('completed', resolve));

const milliseconds = [];
for (let number = -firstSamples; number < samples; number++) {
  await new Promise((resolve) => setTimeout(resolve, idle));
  const start = new Promise((resolve) => (started = resolve));
  const end = ended();
  const began = process.hrtime.bigint();
  await queue.add('idle', { filler });
  const took = Number((await start) - began) / 1e6;
  await end;
  if (number >= 0) milliseconds.push(took);
}
await worker.close();
await queue.close();
connections.forEach((connection) => connection.disconnect());
console.log(JSON.stringify(milliseconds));

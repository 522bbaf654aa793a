// What the drivers share: a few jobs that are not counted, then on a line from stdin the measured ones, with a ledger of every job by its number.
import { createInterface } from 'node:readline';
import { once } from 'node:events';

const { tasks, first_tasks: firstTasks, batch, clients, payload_bytes: payloadBytes } = JSON.parse(process.env.BENCH_OPTIONS);

/** As many bytes as a job carries, and as its result has. */
export const filler = 'x'.repeat(payloadBytes - 2);

/** @param engine start(ran), submit(numbers), settled(): resolves when every end is stored, count(): ends on record or null, stop() */
export async function drive(engine) {
  const runs = new Map();
  let awaited = Infinity;
  let reached = () => {};
  await engine.start((number) => {
    runs.set(number, (runs.get(number) ?? 0) + 1);
    if (runs.size === awaited) reached();
  });

  const phase = async (first, count) => {
    const allRan = new Promise((resolve) => (reached = resolve));
    awaited = first + count;
    let next = first;
    const submitter = async () => {
      while (next < first + count) {
        const from = next;
        next = Math.min(next + batch, first + count);
        await engine.submit(Array.from({ length: next - from }, (_, index) => from + index));
      }
    };
    await Promise.all(Array.from({ length: clients }, submitter));
    await allRan;
    await engine.settled(first + count);
  };

  await phase(0, firstTasks);
  console.log(JSON.stringify({ ready: true }));
  const input = createInterface({ input: process.stdin });
  await once(input, 'line');
  const began = process.hrtime.bigint();
  await phase(firstTasks, tasks);
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  const total = firstTasks + tasks;
  let ran = 0;
  let duplicates = 0;
  for (let number = 0; number < total; number++) {
    const times = runs.get(number) ?? 0;
    ran += times > 0 ? 1 : 0;
    duplicates += Math.max(0, times - 1);
  }
  console.log(JSON.stringify({ seconds, acknowledged: total, ran, duplicates, settings: engine.settings }));
  await once(input, 'line');
  await engine.stop();
  process.exit(0);
}

export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

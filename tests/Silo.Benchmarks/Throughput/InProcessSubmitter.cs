using Silo.Benchmarks.Servers;
using Silo.Core.Engine;
using Silo.Core.Queues;
using Silo.Core.Storage;
using Silo.Core.Tasks;

namespace Silo.Benchmarks.Throughput;

/// <summary>The client of a program that has the engine in its own process.</summary>
internal sealed class InProcessSubmitter(ISiloClient client, byte[] payload) : ISubmitter
{
    public async Task<List<TaskId>> SubmitAsync(int tasks, int batchTasks, CancellationToken cancellationToken)
    {
        var acknowledged = new List<TaskId>(tasks);
        for (var sent = 0; sent < tasks; sent += batchTasks)
        {
            foreach (var answer in await client.SubmitAsync(NewTasks(Math.Min(batchTasks, tasks - sent)), cancellationToken))
            {
                if (answer.Kind == InsertKind.Inserted)
                {
                    acknowledged.Add(answer.Id);
                }
            }
        }

        return acknowledged;
    }

    public void Dispose()
    {
        // The server owns its client.
    }

    private TaskSpec[] NewTasks(int count)
    {
        var tasks = new TaskSpec[count];
        var now = client.Now;
        for (var index = 0; index < count; index++)
        {
            tasks[index] = new TaskSpec { Id = client.NewTaskId(), Type = EchoHandler.Type, Queue = QueueSettings.DefaultName, RunAt = now, Payload = payload };
        }

        return tasks;
    }
}

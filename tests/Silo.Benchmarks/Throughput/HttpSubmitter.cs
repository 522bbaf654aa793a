using Silo.Benchmarks.Servers;
using Silo.Client;
using Silo.Contracts.Json;
using Silo.Contracts.Tasks;
using Silo.Core.Tasks;

namespace Silo.Benchmarks.Throughput;

/// <summary>The HTTP client of this repository, which streams tasks as newline-delimited JSON. It runs in the process that is measured, so its work counts too.</summary>
internal sealed class HttpSubmitter(Uri server, byte[] payload) : ISubmitter
{
    private readonly SiloHttpClient _client = new(server);

    /// <param name="batchTasks">Of no use here: the client cuts its stream by its own rules.</param>
    public async Task<List<TaskId>> SubmitAsync(int tasks, int batchTasks, CancellationToken cancellationToken)
    {
        var acknowledged = new List<TaskId>(tasks);
        await foreach (var answer in _client.SubmitStreamAsync(NewTasks(tasks).ToAsyncEnumerable(), cancellationToken))
        {
            acknowledged.Add(new TaskId(answer.OrThrow().Id));
        }

        return acknowledged;
    }

    public void Dispose() => _client.Dispose();

    private IEnumerable<SubmitTaskRequest> NewTasks(int count)
    {
        for (var index = 0; index < count; index++)
        {
            yield return new SubmitTaskRequest { Type = EchoHandler.Type, Payload = new RawJson(payload) };
        }
    }
}

using System.Diagnostics;
using Silo.Core.Handlers;

namespace Silo.Benchmarks.Servers;

/// <summary>Work of no length: the payload is the result.</summary>
internal sealed class EchoHandler(RunRecorder recorder) : ITaskHandler<string, string>
{
    public const string Type = "echo";

    public Task<string> RunAsync(string payload, TaskContext context, CancellationToken cancellationToken)
    {
        recorder.LatestStart = Stopwatch.GetTimestamp();
        return Task.FromResult(payload);
    }
}

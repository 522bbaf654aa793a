using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Silo.Cluster.Tests.Processes;

/// <summary>Where tasks of real silos wait until a test lets them go on: requests of the <c>http</c> handler that are answered when the gate opens.</summary>
internal sealed class TaskGate : IAsyncDisposable
{
    public const string Type = "http";

    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly WebApplication _app;
    private int _arrived;

    private TaskGate(WebApplication app) => _app = app;

    /// <summary>Of a task that waits here.</summary>
    public string Payload => $$"""{"url":"{{_app.Urls.Single()}}","timeoutSeconds":600}""";

    /// <summary>Executions that have come so far.</summary>
    public int Arrived => Volatile.Read(ref _arrived);

    public static async Task<TaskGate> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var gate = new TaskGate(builder.Build());
        gate._app.Run(gate.WaitAsync);
        await gate._app.StartAsync();
        return gate;
    }

    /// <summary>Whoever waits goes on, and whoever comes later too.</summary>
    public void Open() => _open.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        Open();
        await _app.DisposeAsync();
    }

    private async Task WaitAsync(HttpContext context)
    {
        Interlocked.Increment(ref _arrived);
        await _open.Task.WaitAsync(context.RequestAborted);
    }
}

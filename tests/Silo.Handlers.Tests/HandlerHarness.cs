using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Silo.Core.Handlers;
using Silo.Core.Tasks;
using Silo.Handlers.Http;
using Silo.Testing;

namespace Silo.Handlers.Tests;

/// <summary>The built-in handlers as a host has them, and an attempt to run them in.</summary>
internal sealed class HandlerHarness : TaskContext, IDisposable
{
    private readonly ServiceProvider _services;
    private int _attempt = 1;

    public HandlerHarness(string? filesRoot = null, Action<HandlersOptions>? configure = null, IHostResolver? resolver = null)
    {
        var options = new HandlersOptions { FilesRoot = filesRoot };
        configure?.Invoke(options);
        var services = new ServiceCollection();
        if (resolver is not null)
            services.AddSingleton(resolver);
        _services = services.AddBuiltInHandlers(options).BuildServiceProvider(validateScopes: true);
    }

    public ManualTimeProvider Clock { get; } = new();

    public List<double> Progress { get; } = [];

    public ConcurrentQueue<string> Logged { get; } = [];

    public IHandlerCatalog Catalog => _services.GetRequiredService<IHandlerCatalog>();

    public IEnumerable<UnofferedTaskType> Unoffered => _services.GetServices<UnofferedTaskType>();

    public override TaskId Id => default;

    public override int Attempt => _attempt;

    public override string Queue => "default";

    public override string IdempotencyKey => "key";

    public override TimeProvider Time => Clock;

    public async Task<string> RunAsync(string type, string payload, int attempt = 1, CancellationToken cancellationToken = default)
    {
        _attempt = attempt;
        var result = await Catalog.Find(type)!.RunAsync(Encoding.UTF8.GetBytes(payload), this, cancellationToken);
        return Encoding.UTF8.GetString(result.Span);
    }

    public PayloadProblem? Check(string type, string payload) => Catalog.Find(type)!.Check(Encoding.UTF8.GetBytes(payload));

    public override void ReportProgress(double percent, string? message = null) => Progress.Add(percent);

    public override void Log(string line) => Logged.Enqueue(line);

    public void Dispose() => _services.Dispose();
}

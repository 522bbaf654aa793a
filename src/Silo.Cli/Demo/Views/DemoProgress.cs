using Silo.Cli.Demo.Cluster;

namespace Silo.Cli.Demo.Views;

/// <summary>A demo at one moment.</summary>
/// <param name="Phase">What it is doing, as a sentence.</param>
/// <param name="Nodes">The workers.</param>
/// <param name="Done">Outcomes that workers were told are recorded.</param>
/// <param name="Tasks">Tasks in all.</param>
/// <param name="PerSecond">Outcomes a second, lately.</param>
/// <param name="Elapsed">Since the first submit.</param>
internal sealed record DemoProgress(string Phase, IReadOnlyList<NodeProgress> Nodes, int Done, int Tasks, double PerSecond, TimeSpan Elapsed);

internal sealed record NodeProgress(string Name, int Slots, int Weight, string State, int Running, int Done)
{
    public static NodeProgress Of(DemoWorker worker) => new(
        worker.Name, worker.Shape.Slots, worker.Shape.Weight, worker.Condition.ToString().ToLowerInvariant(), worker.Ledger.Running.Count, worker.Ledger.Accepted);
}

/// <summary>Shows a demo while it runs.</summary>
internal interface IDemoView
{
    /// <summary>Runs <paramref name="demo"/>, which tells how far it is as often as it likes.</summary>
    Task RunAsync(Func<Action<DemoProgress>, Task> demo);
}

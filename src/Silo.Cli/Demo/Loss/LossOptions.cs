using Silo.Cli.Demo.Cluster;

namespace Silo.Cli.Demo.Loss;

internal enum LossKind
{
    /// <summary>kill -9.</summary>
    Kill,

    /// <summary>SIGSTOP until the node is dead to the server and its tasks have run elsewhere, then SIGCONT.</summary>
    Freeze,
}

/// <summary>What a loss demo does.</summary>
/// <param name="Folder">Absolute; digests are made of the files below it.</param>
/// <param name="Kind">How a worker is lost.</param>
internal sealed record LossOptions(string Folder, LossKind Kind)
{
    public static readonly IReadOnlyList<WorkerShape> Shapes = [new("worker-1", 2, 1), new("worker-2", 4, 2), new("worker-3", 6, 3)];

    /// <summary>Default: a standalone server with a SQLite file.</summary>
    public DemoServers Servers { get; init; } = new DemoServers.Standalone();

    /// <summary>At least so many digests; a small folder is read several times.</summary>
    public int DigestsMin { get; init; } = DemoWork.DigestsMin;
}

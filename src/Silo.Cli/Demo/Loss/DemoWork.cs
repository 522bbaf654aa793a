using System.Text.Json;
using Silo.Contracts.Json;
using Silo.Contracts.Tasks;

namespace Silo.Cli.Demo.Loss;

/// <summary>One task of the demo.</summary>
/// <param name="Request">As it is submitted.</param>
/// <param name="File">The file whose digest it makes; null for a sleep.</param>
internal sealed record DemoTask(SubmitTaskRequest Request, string? File);

/// <summary>The work of the demo: a digest of every file, again and again, and between them sleeps, so that at any moment every worker holds something.</summary>
internal static class DemoWork
{
    public const int DigestsMin = 2000;
    public const int SleepMilliseconds = 500;
    private const int DigestsPerSleepMin = 20;
    private const int SleepsMax = 150;

    /// <param name="files">Paths relative to the files root; at least one.</param>
    /// <param name="queue">Of all tasks.</param>
    /// <param name="digestsMin">At least so many digests.</param>
    /// <param name="nodes">Nodes that the sleeps prefer in turn, so that each of them comes to hold some; null leaves that to the queue's strategy.</param>
    public static IReadOnlyList<DemoTask> Plan(IReadOnlyList<string> files, string queue, int digestsMin = DigestsMin, IReadOnlyList<string>? nodes = null)
    {
        ArgumentOutOfRangeException.ThrowIfZero(files.Count);
        var rounds = Math.Max(1, (digestsMin + files.Count - 1) / files.Count);
        var digestsPerSleep = Math.Max(DigestsPerSleepMin, files.Count * rounds / SleepsMax);
        var tasks = new List<DemoTask>();
        var sleeps = 0;
        for (var index = 0; index < files.Count * rounds; index++)
        {
            if (index % digestsPerSleep == 0)
            {
                tasks.Add(Sleep(queue, nodes?[sleeps++ % nodes.Count]));
            }

            tasks.Add(Digest(queue, files[index % files.Count]));
        }

        return tasks;
    }

    private static DemoTask Digest(string queue, string file) =>
        new(new SubmitTaskRequest { Type = "file.digest", Queue = queue, Payload = RawJson.Parse($"{{\"path\":{JsonSerializer.Serialize(file)}}}") }, file);

    private static DemoTask Sleep(string queue, string? node)
    {
        var request = new SubmitTaskRequest { Type = "sleep", Queue = queue, Payload = RawJson.Parse($"{{\"milliseconds\":{SleepMilliseconds}}}") };
        return new DemoTask(node is null ? request : request with { Placement = new PlacementTerms { PreferNode = node } }, File: null);
    }
}

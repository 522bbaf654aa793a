using System.Text.Json.Serialization;
using Silo.Cli.Ledger;

namespace Silo.Cli.Demo.Loss;

/// <summary>What a loss demo found.</summary>
/// <param name="Verdict">From the evidence outside Silo.</param>
/// <param name="Problems">Everything that must not be, the verdict's problems included; empty when every promise was kept.</param>
/// <param name="Digests">Digests that were compared with <c>sha256sum</c>.</param>
/// <param name="Elapsed">From the first submit to the last outcome, and to the rejoining of a frozen worker.</param>
internal sealed record LossResult(LossKind Kind, AuditVerdict Verdict, IReadOnlyList<string> Problems, int Digests, TimeSpan Elapsed)
{
    public LossSummary Summary => new()
    {
        Tasks = Verdict.Tasks,
        Succeeded = Verdict.Succeeded,
        Lost = Verdict.Lost,
        DuplicateOutcomes = Verdict.DuplicateOutcomes,
        NodesKilled = Kind == LossKind.Kill ? 1 : 0,
        NodesFrozen = Kind == LossKind.Freeze ? 1 : null,
        Fenced = Kind == LossKind.Freeze ? Verdict.Fenced : null,
        Rerun = Verdict.Rerun,
        RerunSecondsMax = Math.Round(Verdict.RerunSecondsMax, 3),
        SchedulerFailoverSeconds = Verdict.SchedulerFailoverSeconds is { } failover ? Math.Round(failover, 3) : null,
        Seconds = Math.Round(Elapsed.TotalSeconds, 3),
    };
}

/// <summary>The last line of <c>silo demo --json</c>.</summary>
internal sealed record LossSummary
{
    public required int Tasks { get; init; }

    public required int Succeeded { get; init; }

    public required int Lost { get; init; }

    public required int DuplicateOutcomes { get; init; }

    public required int NodesKilled { get; init; }

    public required int? NodesFrozen { get; init; }

    public required int? Fenced { get; init; }

    public required int Rerun { get; init; }

    public required double RerunSecondsMax { get; init; }

    /// <summary>Of a cluster.</summary>
    public required double? SchedulerFailoverSeconds { get; init; }

    public required double Seconds { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LossSummary))]
internal sealed partial class LossJson : JsonSerializerContext;

using System.Text.Json.Serialization;
using Silo.Cli.Ledger;

namespace Silo.Cli.Demo.Rolling;

/// <summary>One silo's restart.</summary>
/// <param name="Moved">Tasks that it held and had not begun, and that other silos began before its process had ended.</param>
/// <param name="MovedSeconds">From SIGTERM until the last of them had begun on another silo.</param>
/// <param name="AwaySeconds">From SIGTERM until it was alive again.</param>
internal sealed record SiloRestart(int Moved, double MovedSeconds, double AwaySeconds);

/// <summary>What a rolling restart found.</summary>
/// <param name="Verdict">From the evidence outside Silo.</param>
/// <param name="AttemptsSpent">Attempts beyond the first of each task.</param>
/// <param name="Restarts">One for each silo.</param>
/// <param name="PinnedResumed">Tasks that asked for a silo that was away, and ran there once it was back.</param>
/// <param name="Problems">Everything that must not be.</param>
/// <param name="Elapsed">The whole of it.</param>
internal sealed record RollingResult(
    AuditVerdict Verdict, int AttemptsSpent, IReadOnlyList<SiloRestart> Restarts, int PinnedResumed, IReadOnlyList<string> Problems, TimeSpan Elapsed)
{
    public RollingSummary Summary => new()
    {
        Tasks = Verdict.Tasks,
        Succeeded = Verdict.Succeeded,
        Lost = Verdict.Lost,
        DuplicateOutcomes = Verdict.DuplicateOutcomes,
        AttemptsSpent = AttemptsSpent,
        SilosRestarted = Restarts.Count,
        Moved = Restarts.Sum(static restart => restart.Moved),
        MovedSecondsMax = Math.Round(Restarts.Select(static restart => restart.MovedSeconds).DefaultIfEmpty().Max(), 3),
        PinnedResumed = PinnedResumed,
        AwaySecondsMax = Math.Round(Restarts.Select(static restart => restart.AwaySeconds).DefaultIfEmpty().Max(), 3),
        Seconds = Math.Round(Elapsed.TotalSeconds, 3),
    };
}

/// <summary>The last line of <c>silo demo --cluster --rolling --json</c>.</summary>
internal sealed record RollingSummary
{
    public required int Tasks { get; init; }

    public required int Succeeded { get; init; }

    public required int Lost { get; init; }

    public required int DuplicateOutcomes { get; init; }

    public required int AttemptsSpent { get; init; }

    public required int SilosRestarted { get; init; }

    public required int Moved { get; init; }

    public required double MovedSecondsMax { get; init; }

    public required int PinnedResumed { get; init; }

    public required double AwaySecondsMax { get; init; }

    public required double Seconds { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RollingSummary))]
internal sealed partial class RollingJson : JsonSerializerContext;

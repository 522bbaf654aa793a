using System.Text.Json;
using System.Text.Json.Serialization;

namespace Silo.Simulation.Runs;

/// <summary>The one line that a batch ends with.</summary>
internal sealed record SimulationReport
{
    [JsonPropertyName("seeds")]
    public required int Seeds { get; init; }

    [JsonPropertyName("events")]
    public required long Events { get; init; }

    [JsonPropertyName("crashes")]
    public required long Crashes { get; init; }

    [JsonPropertyName("store_faults")]
    public required long StoreFaults { get; init; }

    [JsonPropertyName("lost_answers")]
    public required long LostAnswers { get; init; }

    [JsonPropertyName("fenced_outcomes")]
    public required long FencedOutcomes { get; init; }

    [JsonPropertyName("violations")]
    public required int Violations { get; init; }

    [JsonPropertyName("seconds")]
    public required double Seconds { get; init; }

    /// <summary>A batch in which some kind of trouble never came has not shown that it is survived.</summary>
    [JsonIgnore]
    public bool Passed =>
        Violations == 0 && Seeds > 0 && Events > 0 && Crashes > 0 && StoreFaults > 0 && LostAnswers > 0 && FencedOutcomes > 0;

    public static SimulationReport Of(IReadOnlyList<SeedResult> results, TimeSpan took) => new()
    {
        Seeds = results.Count,
        Events = results.Sum(result => result.Events),
        Crashes = results.Sum(result => result.Crashes),
        StoreFaults = results.Sum(result => result.StoreFaults),
        LostAnswers = results.Sum(result => result.LostAnswers),
        FencedOutcomes = results.Sum(result => result.FencedOutcomes),
        Violations = results.Count(result => result.Violation is not null),
        Seconds = Math.Round(took.TotalSeconds, 1),
    };

    public string ToJson() => JsonSerializer.Serialize(this);
}

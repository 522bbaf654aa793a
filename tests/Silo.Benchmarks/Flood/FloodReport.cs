using System.Globalization;
using System.Text.Json.Serialization;

namespace Silo.Benchmarks.Flood;

/// <param name="BeforeMib">After the healthy clients have run alone.</param>
/// <param name="PeakMib">Largest sample during the flood.</param>
/// <param name="FirstHalfPeakMib">Largest sample in its first half.</param>
/// <param name="SecondHalfPeakMib">Largest sample in its second half: a leak shows as growth from one to the other.</param>
/// <param name="AfterMib">When the attackers have gone.</param>
internal sealed record FloodMemory(long BeforeMib, long PeakMib, long FirstHalfPeakMib, long SecondHalfPeakMib, long AfterMib);

/// <summary>Submit one task and wait for its end, in milliseconds.</summary>
internal sealed record HealthyFigures(int Calls, int Failed, double P50Ms, double P99Ms, double MaxMs);

/// <summary>What a flooded server did.</summary>
internal sealed record FloodReport
{
    /// <summary>The server's memory may grow by no more than this. Its named limits add up to about 270 MiB for so many attackers: 64 MiB of bodies, 80 KiB read ahead of each slow sender
    /// (88 MiB), 64 KiB of answers and 80 KiB written ahead of each client that does not read (50 MiB), 16 MiB of kept events, 10 KiB for each connection (35 MiB). The garbage
    /// collector is given two thirds on top.</summary>
    public const long GrowthMibMax = 448;

    /// <summary>And from one half of the flood to the other by no more than this: what is bounded fills up and stays, what leaks goes on.</summary>
    public const long SecondHalfGrowthMibMax = 96;

    public const double HealthyP99MsMax = 500;

    public string Benchmark { get; } = "flood";

    public required double Seconds { get; init; }

    public required FloodMemory Rss { get; init; }

    public required HealthyFigures HealthyAlone { get; init; }

    public required HealthyFigures Healthy { get; init; }

    /// <summary>By attack, then by status; <c>closed</c> is a connection that the server ended without an answer, <c>unanswered</c> one that was still waiting when its attacker gave up.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyDictionary<string, int>> Answers { get; init; }

    /// <summary>Answers that blame the server. 505 is not among them: it is what HTTP wants said of a version of itself that nobody speaks.</summary>
    public int ServerErrors => Answers.Values.SelectMany(answers => answers).Where(answer => answer.Key.StartsWith('5') && answer.Key != "505").Sum(answer => answer.Value);

    public bool MemoryFlat => Rss.PeakMib - Rss.BeforeMib <= GrowthMibMax && Rss.SecondHalfPeakMib - Rss.FirstHalfPeakMib <= SecondHalfGrowthMibMax;

    public bool Holds => MemoryFlat && ServerErrors == 0 && Healthy is { Failed: 0, Calls: > 0, P99Ms: < HealthyP99MsMax };

    public IEnumerable<string> Lines()
    {
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"memory: {Rss.BeforeMib} MiB before, {Rss.FirstHalfPeakMib} and {Rss.SecondHalfPeakMib} MiB at most in the halves of the flood, {Rss.AfterMib} MiB after");
        yield return Text("healthy client alone", HealthyAlone);
        yield return Text("in the flood", Healthy);
        foreach (var (attack, answers) in Answers)
        {
            yield return $"{attack}: {string.Join(", ", answers.Select(answer => $"{answer.Value} x {answer.Key}"))}";
        }

        yield return Holds ? "holds" : $"does not hold: memory flat {MemoryFlat}, 5xx {ServerErrors}, healthy calls that failed {Healthy.Failed}";
    }

    private static string Text(string who, HealthyFigures figures) => string.Create(
        CultureInfo.InvariantCulture, $"{who}: {figures.Calls} calls, {figures.Failed} failed, p50 {figures.P50Ms} ms, p99 {figures.P99Ms} ms, max {figures.MaxMs} ms");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(FloodReport))]
internal sealed partial class FloodJson : JsonSerializerContext;

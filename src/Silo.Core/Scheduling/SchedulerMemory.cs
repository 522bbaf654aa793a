using System.Text.Json;
using System.Text.Json.Serialization;
using Silo.Core.Tasks;

namespace Silo.Core.Scheduling;

/// <summary>What one scheduler passes on to the next although it may be lost: how long tasks take. Pure.</summary>
internal static class SchedulerMemory
{
    /// <summary>Types whose estimate is passed on.</summary>
    public const int TypesMax = 512;

    private const double NewsShare = 0.25;

    private static readonly TimeSpan MeanMax = TimeSpan.FromDays(7);

    // What is shorter than this is as good as nothing to the look-ahead.
    private static readonly TimeSpan NewsMin = TimeSpan.FromMilliseconds(0.1);

    public static byte[] Write(IReadOnlyDictionary<string, TimeSpan> means) =>
        JsonSerializer.SerializeToUtf8Bytes(new Stored(means.ToDictionary(static mean => mean.Key, static mean => mean.Value.TotalSeconds)), SchedulerMemoryJson.Default.Stored);

    /// <returns>What can be believed of it; nothing of what is no such memory.</returns>
    public static Dictionary<string, TimeSpan> Read(ReadOnlyMemory<byte>? json)
    {
        var means = new Dictionary<string, TimeSpan>();
        foreach (var (type, seconds) in Parse(json)?.Seconds ?? [])
            if (means.Count < TypesMax && type.Length <= TaskLimits.NameLengthMax && seconds >= 0 && seconds <= MeanMax.TotalSeconds)
                means[type] = TimeSpan.FromSeconds(seconds);
        return means;
    }

    /// <summary>Whether a scheduler that knew only what is stored would decide otherwise: the means always move a little, and that is not worth a write.</summary>
    public static bool IsNews(IReadOnlyDictionary<string, TimeSpan> means, IReadOnlyDictionary<string, TimeSpan> stored) =>
        means.Any(mean => !stored.TryGetValue(mean.Key, out var known) || IsNews(mean.Value, known));

    private static bool IsNews(TimeSpan mean, TimeSpan known) => (mean - known).Duration() is var moved && moved > NewsMin && moved > known * NewsShare;

    private static Stored? Parse(ReadOnlyMemory<byte>? json)
    {
        try
        {
            return json is { } text ? JsonSerializer.Deserialize(text.Span, SchedulerMemoryJson.Default.Stored) : null;
        }
        catch (JsonException)
        {
            // It may be lost, so it may be spoilt too.
            return null;
        }
    }

    /// <param name="Seconds">Mean duration by task type.</param>
    internal sealed record Stored(Dictionary<string, double>? Seconds);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SchedulerMemory.Stored))]
internal sealed partial class SchedulerMemoryJson : JsonSerializerContext;

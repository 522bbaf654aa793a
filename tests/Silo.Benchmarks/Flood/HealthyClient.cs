using System.Diagnostics;
using Silo.Client;
using Silo.Contracts.Json;
using Silo.Contracts.Tasks;
using Silo.Core.Tasks;

namespace Silo.Benchmarks.Flood;

/// <summary>Submits a task, waits for its end, and again: what somebody with ordinary work sees of the server.</summary>
internal static class HealthyClient
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(20);

    /// <summary>Runs until cancelled; the call that is then under way is brought to its end.</summary>
    /// <returns>How long each call took, in milliseconds; null for one that failed.</returns>
    public static async Task<IReadOnlyList<double?>> RunAsync(FloodTarget target, TimeSpan pause, TextWriter messages, CancellationToken ended)
    {
        var calls = new List<double?>();
        using var client = new SiloHttpClient(target.Address, target.ApiKey);
        while (!ended.IsCancellationRequested)
        {
            calls.Add(await CallAsync(client, messages));
            await Task.Delay(pause, CancellationToken.None);
        }

        return calls;
    }

    public static HealthyFigures Judge(IEnumerable<double?> calls)
    {
        var all = calls.ToList();
        var answered = all.OfType<double>().Order().ToList();
        return new HealthyFigures(all.Count, all.Count - answered.Count, At(0.5), At(0.99), At(1));

        double At(double part) => answered.Count == 0 ? 0 : Math.Round(answered[Math.Min(answered.Count - 1, (int)(part * answered.Count))], 2);
    }

    /// <returns>How long the call took, in milliseconds; null when it failed.</returns>
    public static async Task<double?> CallAsync(SiloHttpClient client, TextWriter messages)
    {
        var task = new SubmitTaskRequest { Type = "echo", Payload = new RawJson("\"healthy\""u8.ToArray()) };
        var started = Stopwatch.GetTimestamp();
        try
        {
            var submitted = await client.SubmitAsync(task, Wait);
            if (submitted.State == WireNames.Of(TaskState.Succeeded))
            {
                return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            }

            messages.WriteLine($"A healthy task is {submitted.State} after {Wait.TotalSeconds} s.");
        }
        catch (Exception problem) when (problem is HttpRequestException or TimeoutException or SiloApiException)
        {
            messages.WriteLine($"A healthy call failed: {problem.Message}");
        }

        return null;
    }
}

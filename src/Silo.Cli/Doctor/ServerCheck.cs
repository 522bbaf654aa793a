using Silo.Cli.Invocation;
using Silo.Client;
using Silo.Contracts.Problems;

namespace Silo.Cli.Doctor;

/// <summary>Whether a server answers, takes the key, and has the same time as this machine.</summary>
internal static class ServerCheck
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>Further apart, times shown and times asked for (a delay, a listing from a moment on) mislead.</summary>
    public static readonly TimeSpan ClockDifferenceMax = TimeSpan.FromSeconds(5);

    private const string Server = "server";
    private const string Clock = "clock";

    /// <param name="client">Calls the server.</param>
    /// <param name="address">For messages.</param>
    /// <param name="isGiven">Whether somebody named the server: then it is to be there.</param>
    /// <param name="time">The clock of this machine.</param>
    public static async Task<IReadOnlyList<Finding>> RunAsync(SiloHttpClient client, Uri address, bool isGiven, TimeProvider time, CancellationToken cancellationToken)
    {
        var unknown = Finding.Note(Clock, "No server's clock to compare with.");
        try
        {
            await client.CheckReadyAsync(cancellationToken);
            var asked = time.GetUtcNow();
            var started = time.GetTimestamp();
            var overview = await client.GetOverviewAsync(cancellationToken);
            var roundTrip = time.GetElapsedTime(started);
            return [Finding.Ok(Server, $"{address} answers and can do its work."), JudgeClock(overview.Now - asked, roundTrip)];
        }
        catch (Exception failure) when (Failure.Of(failure, cancellationToken) is { ExitCode: not ExitCode.Interrupted } told)
        {
            return [failure is SiloApiException { Code: ProblemCodes.NotReady } ? JudgeNotReady(told, address) : JudgeFailure(told, address, isGiven), unknown];
        }
    }

    /// <param name="ahead">How much later the server's time was than this machine's when it was asked.</param>
    /// <param name="roundTrip">How long the answer took: so much of the difference says nothing.</param>
    public static Finding JudgeClock(TimeSpan ahead, TimeSpan roundTrip)
    {
        var difference = ahead < TimeSpan.Zero ? ahead.Negate() : ahead > roundTrip ? ahead - roundTrip : TimeSpan.Zero;
        return difference <= ClockDifferenceMax
            ? Finding.Ok(Clock, "This machine and the server have the same time.")
            : Finding.Wrong(
                Clock,
                $"This machine's clock is {difference.TotalSeconds:0.#} s {(ahead < TimeSpan.Zero ? "ahead of" : "behind")} the server's.",
                "Let both take their time from the network (on Linux: timedatectl set-ntp true).");
    }

    private static Finding JudgeNotReady(Failure told, Uri address) =>
        Finding.Wrong(Server, $"{address} answers, and does not serve yet: {told.Message}", "Wait a moment; of two servers over one database, name the one that schedules with --server.");

    private static Finding JudgeFailure(Failure told, Uri address, bool isGiven) => told.ExitCode switch
    {
        ExitCode.Unauthorized => Finding.Wrong(Server, $"{address} refuses the key: {told.Message}", "Give the key of that server with --api-key, or SILO_API_KEY."),
        ExitCode.Unreachable when !isGiven => Finding.Note(Server, $"No server answers at {address}.", "Start one with: silo up. Or name another with --server."),
        ExitCode.Unreachable => Finding.Wrong(Server, $"{address} does not serve: {told.Message}", "Start it with: silo up. Or name another with --server."),
        _ => Finding.Wrong(Server, $"{address} answers, but not as Silo does: {told.Message}", "Name the address of a Silo server with --server."),
    };
}

using System.Globalization;
using Silo.Benchmarks.Measuring;
using Silo.Benchmarks.Postgres;

namespace Silo.Benchmarks.Recovery;

/// <param name="BackSeconds">From the order to restart until the end of the first second that was no slower than the slowest before.</param>
/// <param name="RestartSeconds">Of these, until the server took connections again.</param>
/// <param name="RateBefore">Outcomes a second, medians of the seconds before.</param>
/// <param name="RateBeforeMin">The same of the slowest of those seconds.</param>
/// <param name="Refused">Submit calls that were refused and sent again.</param>
internal sealed record RecoveryReport(
    string Benchmark,
    Spread BackSeconds,
    Spread RestartSeconds,
    Spread RateBefore,
    Spread RateBeforeMin,
    int Refused,
    Ledger Ledger,
    RecoveryOptions Options,
    PostgresSession Session) : IBenchReport
{
    public static RecoveryReport Of(IReadOnlyList<RecoveryRound> rounds, int refused, RecoveryOptions options, Ledger ledger, PostgresSession session) => new(
        "recovery",
        Spread.Of(rounds.Select(round => round.BackSeconds), 2),
        Spread.Of(rounds.Select(round => round.RestartSeconds), 2),
        Spread.Of(rounds.Select(round => round.RateBefore), 0),
        Spread.Of(rounds.Select(round => round.RateBeforeMin), 0),
        refused,
        ledger,
        options,
        session);

    public IEnumerable<string> Lines()
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"median (lowest to highest) of {Options.Restarts} restarts without a checkpoint, under load");
        yield return $"outcomes a second before  {RateBefore}";
        yield return $"server gone               {RestartSeconds} s";
        yield return $"rate back after           {BackSeconds} s";
        yield return string.Create(CultureInfo.InvariantCulture, $"{Refused} submits were refused and sent again; {Ledger}");
    }
}

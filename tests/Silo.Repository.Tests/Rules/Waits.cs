using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Silo.Repository.Tests.Files;

namespace Silo.Repository.Tests.Rules;

/// <summary>A test awaits a signal or moves a clock; it never hopes that some time is enough.</summary>
/// <remarks>Read from the syntax alone, a clock is known by its name: call it clock, time or provider, as everyone does.</remarks>
internal sealed partial class Waits : IHouseRule
{
    /// <summary>Silo.Testing holds the one poll there is (other processes give no signal); benchmarks are about real time.</summary>
    private static readonly string[] MayWait = ["Silo.Testing", "Silo.Benchmarks"];

    public IEnumerable<string> Offences(Checkout checkout) =>
        from source in checkout.Sources
        let path = source.File.Segments
        where path[0] == "tests" && !MayWait.Contains(path[1])
        from call in source.Root.DescendantNodes().OfType<InvocationExpressionSyntax>()
        where IsSleep(call)
        select $"{source.At(call)} {call.Expression} waits for real time; await a signal, or pass a clock the test moves.";

    private static bool IsSleep(InvocationExpressionSyntax call)
    {
        var arguments = call.ArgumentList.Arguments;
        return SleepOrDelay().Match(call.Expression.ToString()).Groups[1].Value switch
        {
            "Sleep" => true,
            // An endless delay ends with its token: that is a signal.
            "Delay" => !Endless().IsMatch(arguments.FirstOrDefault()?.ToString() ?? "") && !arguments.Skip(1).Any(IsClock),
            _ => false,
        };
    }

    private static bool IsClock(ArgumentSyntax argument)
    {
        var text = argument.Expression.ToString();
        return Clock().IsMatch(text) && !text.Contains("TimeProvider.System", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^(?:System\.Threading\.)?(?:Tasks\.)?(?:Thread\.(?=Sleep)|Task\.(?=Delay))(Sleep|Delay)$")]
    private static partial Regex SleepOrDelay();

    [GeneratedRegex(@"^(?:(?:System\.Threading\.)?Timeout\.Infinite(?:TimeSpan)?|-1)$")]
    private static partial Regex Endless();

    [GeneratedRegex("clock|time|provider", RegexOptions.IgnoreCase)]
    private static partial Regex Clock();
}

using Silo.Client;

namespace Silo.Cli.Invocation;

/// <summary>One call for each of several tasks or nodes that a person named: what one is refused is told, and the others still get theirs.</summary>
internal static class EachTarget
{
    /// <summary>Makes the calls in the order given.</summary>
    /// <returns>OK, or the code of the first refusal.</returns>
    /// <remarks>A server that does not answer, or wants another key, would refuse all of them alike: that ends the verb at once.</remarks>
    public static async Task<ExitCode> RunAsync(Terminal terminal, IEnumerable<string> targets, Func<string, Task> callAsync, CancellationToken stopping)
    {
        var result = ExitCode.Ok;
        foreach (var target in targets.Distinct())
        {
            try
            {
                await callAsync(target);
            }
            catch (SiloApiException refused) when (Failure.Of(refused, stopping) is { ExitCode: ExitCode.NotFound or ExitCode.Conflict or ExitCode.Usage } failure)
            {
                terminal.Say($"{target}: {failure.Message}");
                result = result == ExitCode.Ok ? failure.ExitCode : result;
            }
        }

        return result;
    }
}

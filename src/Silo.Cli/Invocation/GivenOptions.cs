using System.CommandLine;

namespace Silo.Cli.Invocation;

/// <summary>The options of a command line as they were typed, for another process that is to be told the same.</summary>
internal static class GivenOptions
{
    /// <param name="options">Those that are passed on; what was not given is left to the other process, which reads the same environment and file.</param>
    public static IEnumerable<string> Of(ParseResult parsed, IEnumerable<Option> options)
    {
        foreach (var option in options)
        {
            if (parsed.GetResult(option) is not { Implicit: false } given)
            {
                continue;
            }

            if (given.Tokens.Count == 0)
            {
                yield return option.Name;
            }

            foreach (var token in given.Tokens)
            {
                // In one word, so that a value that begins with a dash is not taken for an option.
                yield return $"{option.Name}={token.Value}";
            }
        }
    }
}

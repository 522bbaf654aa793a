using System.CommandLine;
using System.Globalization;

namespace Silo.Benchmarks.Invocation;

/// <summary>An option whose value is a whole number within bounds.</summary>
internal static class WholeNumber
{
    /// <param name="name">With its dashes.</param>
    /// <param name="description">One sentence; the default is added.</param>
    /// <param name="fallback">The default.</param>
    /// <param name="max">The largest that is taken; the smallest is 1.</param>
    public static Option<int> Option(string name, string description, int fallback, int max)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => fallback };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(int.TryParse(token.Value, CultureInfo.InvariantCulture, out var value) && value >= 1 && value <= max))
            {
                result.AddError($"{name} '{token.Value}' must be a whole number from 1 to {max}.");
            }
        });
        return option;
    }
}

using System.Globalization;
using Silo.Contracts.Json;
using Silo.Contracts.Problems;
using Silo.Core.Tasks;

namespace Silo.Gateway.Requests;

/// <summary>The rules that many fields share. Each reports what it refuses and answers with something harmless, so that checking goes on.</summary>
internal static class FieldRules
{
    /// <summary>Stands for a name that was refused.</summary>
    public const string NoName = "";

    /// <summary>Durations above this are refused everywhere: no field means more, and the arithmetic stays exact.</summary>
    private static readonly TimeSpan Longest = TaskLimits.DelayMax;

    public static int Between(this RequestProblems problems, string field, int value, int min, int max, string? unit = null)
    {
        if (value >= min && value <= max)
            return value;
        problems.Add(field, ProblemCodes.OutOfRange, string.Create(CultureInfo.InvariantCulture, $"must be {min} to {max}{unit}; {value} was given"));
        return min;
    }

    public static long AtLeast(this RequestProblems problems, string field, long value, long min)
    {
        if (value >= min)
            return value;
        problems.Add(field, ProblemCodes.OutOfRange, string.Create(CultureInfo.InvariantCulture, $"must be at least {min}; {value} was given"));
        return min;
    }

    public static double Between(this RequestProblems problems, string field, double value, double min, double max)
    {
        // Written so that what is no number (an overflow reads as infinity) is refused too.
        if (value >= min && value <= max)
            return value;
        problems.Add(field, ProblemCodes.OutOfRange, string.Create(CultureInfo.InvariantCulture, $"must be {min} to {max}; {value} was given"));
        return min;
    }

    public static TimeSpan Duration(this RequestProblems problems, string field, double seconds, TimeSpan min, TimeSpan? max = null) =>
        Seconds.ToDuration(problems.Between(field, seconds, Seconds.Of(min), Seconds.Of(max ?? Longest)));

    /// <summary>The name of a queue, a type, a node or a label.</summary>
    public static string Name(this RequestProblems problems, string field, string? name)
    {
        if (IsName(name))
            return name!;
        problems.Add(field, ProblemCodes.BadName, $"must be 1 to {TaskLimits.NameLengthMax} ASCII letters, digits, '.', '_' or '-', and more than dots");
        return NoName;
    }

    public static bool IsName(string? name) =>
        name is { Length: > 0 and <= TaskLimits.NameLengthMax } && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-') && name.Any(letter => letter != '.');

    /// <summary>Text that is kept and shown: bounded, and without characters that break lines, terminals or stores.</summary>
    public static string? Text(this RequestProblems problems, string field, string? text, int lengthMax = TaskLimits.KeyLengthMax)
    {
        if (text is null)
            return null;
        if (text.Length == 0 || text.Length > lengthMax)
            problems.Add(field, ProblemCodes.OutOfRange, $"must be 1 to {lengthMax} characters; {text.Length} were given");
        else if (text.Any(char.IsControl))
            problems.Add(field, ProblemCodes.BadText, "must have no control characters");
        else
            return text;
        return null;
    }

    public static IReadOnlyDictionary<string, string>? Labels(this RequestProblems problems, string field, IReadOnlyDictionary<string, string>? labels)
    {
        if (labels is null or { Count: 0 })
            return null;
        if (labels.Count > TaskLimits.LabelsMax)
            problems.Add(field, ProblemCodes.OutOfRange, $"must be at most {TaskLimits.LabelsMax} labels; {labels.Count} were given");
        foreach (var (key, value) in labels)
        {
            problems.Name($"{field}.{key}", key);
            if (value is null)
                problems.Add($"{field}.{key}", ProblemCodes.WrongType, "must be a string");
            else if (value.Length > 0)
                problems.Text($"{field}.{key}", value, TaskLimits.LabelValueLengthMax);
        }

        return labels;
    }

    /// <summary>The items of a list, bounded in number; a null among them is reported and left out.</summary>
    public static IEnumerable<(int Index, T Item)> Items<T>(this RequestProblems problems, string field, IReadOnlyList<T>? items, int max)
        where T : class
    {
        if (items?.Count > max)
        {
            problems.Add(field, ProblemCodes.OutOfRange, $"must be at most {max} items; {items.Count} were given");
            yield break;
        }

        for (var index = 0; index < (items?.Count ?? 0); index++)
        {
            if (items![index] is { } item)
                yield return (index, item);
            else
                problems.Add($"{field}[{index}]", ProblemCodes.WrongType, "must not be null");
        }
    }

    public static TEnum OneOf<TEnum>(this RequestProblems problems, string field, string? name)
        where TEnum : struct, Enum
    {
        if (!WireNames.TryParse<TEnum>(name, out var value))
            problems.Add(field, ProblemCodes.UnknownValue, $"must be one of {WireNames.All<TEnum>()}; '{name}' was given");
        return value;
    }
}

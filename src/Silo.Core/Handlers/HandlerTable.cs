using System.Collections.Frozen;
using Silo.Core.Nodes;
using Silo.Core.Tasks;

namespace Silo.Core.Handlers;

/// <summary>The handlers of this process, fixed once it has started.</summary>
public sealed class HandlerTable : IHandlerCatalog
{
    private readonly FrozenDictionary<string, IHandlerRunner> _byType;

    /// <exception cref="InvalidOperationException">Names that break the rule, two handlers for one type, or too many types; all of it in one text.</exception>
    public HandlerTable(IEnumerable<IHandlerRunner> runners)
    {
        var byType = new Dictionary<string, IHandlerRunner>(StringComparer.Ordinal);
        var problems = new List<string>();
        foreach (var runner in runners)
        {
            if (!IsTypeName(runner.Type))
                problems.Add($"'{runner.Type}' is no task type: 1 to {TaskLimits.NameLengthMax} ASCII letters, digits, '.', '_' or '-' were expected.");
            else if (!byType.TryAdd(runner.Type, runner))
                problems.Add($"'{runner.Type}' has more than one handler: register one of them under another task type.");
        }

        if (byType.Count > NodeLimits.TypesMax)
            problems.Add($"{byType.Count} task types are more than the {NodeLimits.TypesMax} that one node may offer: split them over several workers.");
        if (problems.Count > 0)
            throw new InvalidOperationException(string.Join(Environment.NewLine, problems));

        _byType = byType.ToFrozenDictionary(StringComparer.Ordinal);
        Types = [.. byType.Keys.Order(StringComparer.Ordinal)];
    }

    public IReadOnlyCollection<string> Types { get; }

    public IHandlerRunner? Find(string type) => _byType.GetValueOrDefault(type);

    /// <summary>Whether a text can name a task type: 1 to <see cref="TaskLimits.NameLengthMax"/> ASCII letters, digits, dots, underscores and hyphens.</summary>
    public static bool IsTypeName(string? text)
    {
        if (text is null || text.Length is 0 or > TaskLimits.NameLengthMax)
            return false;
        foreach (var letter in text)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('.' or '_' or '-'))
                return false;
        }

        return true;
    }
}

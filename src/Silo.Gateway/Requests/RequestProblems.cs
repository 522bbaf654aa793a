using Silo.Contracts.Problems;
using Silo.Gateway.Nodes;

namespace Silo.Gateway.Requests;

/// <summary>Collects everything that is wrong with one request, so that a client mends it in one go.</summary>
internal sealed class RequestProblems
{
    /// <summary>More are counted and not listed: a body of a thousand wrong tasks should not be answered with a book.</summary>
    public const int ListedMax = 100;

    /// <summary>A body that is wrong in so many places is looked at no further: naming a million problems costs the server minutes, and helps nobody.</summary>
    public const int CountMax = 1000;

    /// <summary>Fields remembered, so that none is reported twice; a body that is wrong in more places is only counted on.</summary>
    private const int RememberedMax = 10_000;

    /// <summary>Fields and rules repeat what was sent; a longer one is cut, since a name of megabytes would be compared and sent back at every problem.</summary>
    private const int FieldLengthMax = 512;
    private const int RuleLengthMax = 1024;

    // Made with the first problem: nearly every request has none, and a stream has a collection for each of its lines.
    private List<FieldProblem>? _listed;
    private HashSet<string>? _fields;

    public int Count { get; private set; }

    public bool Any => Count > 0;

    /// <summary>Whether no further look is worth it.</summary>
    public bool IsFull => Count >= CountMax;

    public IReadOnlyList<FieldProblem> Listed => (IReadOnlyList<FieldProblem>?)_listed ?? [];

    /// <summary>Adds a problem, unless the field or one it lies in is reported already: a field of the wrong type is not missing too.</summary>
    public void Add(string field, string code, string rule)
    {
        field = ShownText.Shorten(field, FieldLengthMax);
        if (IsReported(field))
            return;
        Count++;
        _fields ??= new HashSet<string>(StringComparer.Ordinal);
        _listed ??= [];
        if (_fields.Count < RememberedMax)
            _fields.Add(field);
        if (_listed.Count < ListedMax)
            _listed.Add(new FieldProblem(field, code, ShownText.Shorten(rule, RuleLengthMax)));
    }

    /// <summary>Whether the field, or one it lies in, has a problem.</summary>
    public bool IsReported(string field)
    {
        if (_fields is null)
            return false;
        field = ShownText.Shorten(field, FieldLengthMax);
        for (var end = field.Length; end > 0; end = field.AsSpan(0, end).LastIndexOfAny('.', '['))
        {
            if (_fields.Contains(field[..end]))
                return true;
        }

        return false;
    }
}

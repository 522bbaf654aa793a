using Silo.Contracts.Problems;

namespace Silo.Gateway.Requests;

/// <summary>Collects everything that is wrong with one request, so that a client mends it in one go.</summary>
internal sealed class RequestProblems
{
    /// <summary>More are counted and not listed: a body of a thousand wrong tasks should not be answered with a book.</summary>
    public const int ListedMax = 100;

    private readonly List<FieldProblem> _listed = [];

    public int Count { get; private set; }

    public bool Any => Count > 0;

    public IReadOnlyList<FieldProblem> Listed => _listed;

    /// <summary>Adds a problem, unless the field or one it lies in is reported already: a field of the wrong type is not missing too.</summary>
    public void Add(string field, string code, string rule)
    {
        if (_listed.Exists(known => Covers(known.Field, field)))
            return;
        Count++;
        if (_listed.Count < ListedMax)
            _listed.Add(new FieldProblem(field, code, rule));
    }

    private static bool Covers(string known, string field) =>
        field.StartsWith(known, StringComparison.Ordinal) && (field.Length == known.Length || field[known.Length] is '.' or '[');
}

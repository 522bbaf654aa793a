using System.Collections.Concurrent;
using Silo.Contracts.Problems;
using Silo.Core.Storage;

namespace Silo.Gateway.Metrics;

/// <summary>What became of the tasks that were submitted to this process since it began.</summary>
internal sealed class SubmitTotals
{
    /// <summary>For the codes of handlers, of which there may be any number.</summary>
    public const string OtherCode = "other";

    private static readonly HashSet<string> Known =
        [.. typeof(ProblemCodes).GetFields().Where(static field => field.IsLiteral).Select(static field => (string)field.GetRawConstantValue()!)];

    private readonly ConcurrentDictionary<string, long> _refused = new(StringComparer.Ordinal);
    private readonly long[] _answered = new long[Enum.GetValues<InsertKind>().Length];

    /// <summary>Refusals by the code of their problem: requests, and lines of streams.</summary>
    public IReadOnlyDictionary<string, long> Refused => _refused;

    public long Of(InsertKind kind) => Interlocked.Read(ref _answered[(int)kind]);

    public void Took(IReadOnlyList<InsertAnswer> answers)
    {
        foreach (var answer in answers)
            Interlocked.Increment(ref _answered[(int)answer.Kind]);
    }

    public void Refuse(string code) => _refused.AddOrUpdate(Known.Contains(code) ? code : OtherCode, 1, static (_, before) => before + 1);
}

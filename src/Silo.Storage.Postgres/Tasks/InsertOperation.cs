using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Storage.Postgres.Writing;

namespace Silo.Storage.Postgres.Tasks;

/// <summary>One submit, of one task or many.</summary>
internal sealed class InsertOperation(IReadOnlyList<TaskSpec> tasks, CancellationToken cancellationToken)
    : LaneOperation<IReadOnlyList<InsertAnswer>>(tasks.Count, cancellationToken)
{
    public IReadOnlyList<TaskSpec> Tasks => tasks;

    public InsertAnswer[] Answers { get; } = new InsertAnswer[tasks.Count];

    public override IReadOnlyList<InsertAnswer> Result => Answers;
}

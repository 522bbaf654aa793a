using Silo.Storage.Sqlite.Sql;

namespace Silo.Storage.Sqlite.Reading;

/// <summary>One caller's read.</summary>
internal abstract class ReadOperation
{
    /// <summary>Reads and answers; what it throws is not answered yet.</summary>
    public abstract void Execute(Session session);

    public abstract void Fail(Exception error);

    /// <summary>True when the caller gave up before the read began.</summary>
    public abstract bool TryCancel();
}

internal sealed class ReadOperation<T>(Func<Session, T> work, CancellationToken cancellationToken) : ReadOperation
{
    // A reader's thread must not run what awaits the answer.
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Answer => _answer.Task;

    public override void Execute(Session session) => _answer.TrySetResult(work(session));

    public override void Fail(Exception error) => _answer.TrySetException(error);

    public override bool TryCancel() => cancellationToken.IsCancellationRequested && _answer.TrySetCanceled(cancellationToken);
}

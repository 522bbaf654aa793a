namespace Silo.Storage.Sqlite.Writing;

/// <summary>One caller's write, all or nothing, which shares its commit with others.</summary>
internal abstract class WriteOperation(int rows, CancellationToken cancellationToken)
{
    public int Rows => rows;

    /// <summary>True when the caller gave up before the writer began; from then on the answer is waited for.</summary>
    public bool TryCancel()
    {
        if (cancellationToken.IsCancellationRequested)
        {
            Fail(new OperationCanceledException(cancellationToken));
            return true;
        }

        return false;
    }

    /// <summary>Does the work and keeps the answer until the commit is known.</summary>
    public abstract void Execute(WriteTransaction transaction);

    public abstract void Complete();

    public abstract void Fail(Exception error);
}

internal sealed class WriteOperation<T>(int rows, Func<WriteTransaction, T> work, CancellationToken cancellationToken) : WriteOperation(rows, cancellationToken)
{
    // Who writes must not run what awaits the answer.
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;

    public Task<T> Answer => _answer.Task;

    public override void Execute(WriteTransaction transaction) => _result = work(transaction);

    public override void Complete() => _answer.TrySetResult(_result!);

    public override void Fail(Exception error)
    {
        if (error is OperationCanceledException cancelled)
        {
            _answer.TrySetCanceled(cancelled.CancellationToken);
        }
        else
        {
            _answer.TrySetException(error);
        }
    }
}

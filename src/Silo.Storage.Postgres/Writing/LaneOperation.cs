namespace Silo.Storage.Postgres.Writing;

/// <summary>One caller's write, all or nothing, which shares its commit with others.</summary>
internal abstract class LaneOperation(int rows, CancellationToken cancellationToken)
{
    /// <summary>How much of a batch it fills.</summary>
    public int Rows => rows;

    /// <summary>True when the caller gave up before the lane began; from then on the answer is waited for.</summary>
    public bool TryCancel()
    {
        if (!cancellationToken.IsCancellationRequested)
            return false;
        Fail(new OperationCanceledException(cancellationToken));
        return true;
    }

    /// <summary>Answers the caller, once the commit is known.</summary>
    public abstract void Complete();

    public abstract void Fail(Exception error);
}

internal abstract class LaneOperation<T>(int rows, CancellationToken cancellationToken) : LaneOperation(rows, cancellationToken)
{
    // The lane must not run what awaits the answer.
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Answer => _answer.Task;

    /// <summary>Set by the statements, told by <see cref="Complete"/>.</summary>
    public abstract T Result { get; }

    public override void Complete() => _answer.TrySetResult(Result);

    public override void Fail(Exception error)
    {
        if (error is OperationCanceledException cancelled)
            _answer.TrySetCanceled(cancelled.CancellationToken);
        else
            _answer.TrySetException(error);
    }
}

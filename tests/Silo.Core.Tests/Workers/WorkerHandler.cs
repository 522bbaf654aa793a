using System.Text;
using Silo.Core.Handlers;
using Silo.Core.Tasks;

namespace Silo.Core.Tests.Workers;

/// <summary>Runs until the test ends it; hears its cancellation unless it is told to be deaf.</summary>
internal sealed class WorkerHandler : IHandlerRunner
{
    private readonly Dictionary<TaskId, TaskCompletionSource<ReadOnlyMemory<byte>>> _runs = [];

    public string Type => "work";

    /// <summary>Whether handlers go on when they are cancelled.</summary>
    public bool Deaf { get; set; }

    public Dictionary<TaskId, TaskContext> Contexts { get; } = [];

    public Dictionary<TaskId, CancellationToken> Tokens { get; } = [];

    public int Running { get; private set; }

    public int RunningMax { get; private set; }

    public async ValueTask<ReadOnlyMemory<byte>> RunAsync(ReadOnlyMemory<byte> payload, TaskContext context, CancellationToken cancellationToken)
    {
        var run = new TaskCompletionSource<ReadOnlyMemory<byte>>(TaskCreationOptions.RunContinuationsAsynchronously);
        _runs[context.Id] = run;
        Contexts[context.Id] = context;
        Tokens[context.Id] = cancellationToken;
        RunningMax = Math.Max(RunningMax, ++Running);
        await using var heard = Deaf ? default : cancellationToken.Register(() => run.TrySetCanceled(cancellationToken));
        try
        {
            return await run.Task;
        }
        finally
        {
            Running--;
        }
    }

    public PayloadProblem? Check(ReadOnlyMemory<byte> payload) => null;

    public void Return(TaskId id, string result) => _runs[id].SetResult(Encoding.UTF8.GetBytes(result));

    public void Throw(TaskId id, Exception failure) => _runs[id].SetException(failure);
}

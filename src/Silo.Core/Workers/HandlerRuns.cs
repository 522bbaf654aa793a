using System.Collections.Concurrent;

namespace Silo.Core.Workers;

/// <summary>Runs handlers on few turns of their scheduler: who runs one and sees more waiting asks for help before it begins, so short handlers run one after the other where they are,
/// and one that blocks holds up nobody.</summary>
internal sealed class HandlerRuns(TaskFactory handlers)
{
    /// <summary>Runs in a row, so that other work of the scheduler gets its turn.</summary>
    private const int RunsInARowMax = 64;

    private readonly ConcurrentQueue<Execution> _ready = new();
    private int _asked;

    public void Start(Execution execution)
    {
        _ready.Enqueue(execution);
        Ask();
    }

    private void Ask()
    {
        if (Interlocked.Exchange(ref _asked, 1) == 0)
            handlers.StartNew(static runs => ((HandlerRuns)runs!).Run(), this);
    }

    private void Run()
    {
        // Before the first is taken: whoever adds one from here on asks for another turn.
        Interlocked.Exchange(ref _asked, 0);
        for (var runs = 0; runs < RunsInARowMax && _ready.TryDequeue(out var execution); runs++)
        {
            if (!_ready.IsEmpty)
                Ask();
            _ = execution.RunAsync();
        }

        if (!_ready.IsEmpty)
            Ask();
    }
}

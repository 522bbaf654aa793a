using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Silo.Core.Engine;
using Silo.Core.Nodes;
using Silo.Core.Tasks;

namespace Silo.Core.Workers;

/// <summary>What a worker gets from its host; a simulation owns all of it.</summary>
public sealed record WorkerEnvironment
{
    public required TimeProvider Time { get; init; }

    public required IIdSource Ids { get; init; }

    public required IRandomSource Random { get; init; }

    /// <summary>Names this life of the worker, where its host has a name for it; see <see cref="NodeRegistration.Instance"/>. Default null: a new one is made.</summary>
    public string? Instance { get; init; }

    /// <summary>Runs the runtime's own turns, never two at once.</summary>
    public required TaskScheduler Turns { get; init; }

    /// <summary>Runs the handlers.</summary>
    public required TaskScheduler Handlers { get; init; }

    /// <summary>Default none: beats carry no load.</summary>
    public ILoadProbe? Load { get; init; }

    /// <summary>Default none.</summary>
    public IExecutionObserver? Observer { get; init; }

    public ILogger Logger { get; init; } = NullLogger.Instance;
}

/// <summary>Measures the machine.</summary>
public interface ILoadProbe
{
    /// <summary>The load since the last reading; null when it cannot be told. Called on the worker's turn: it must be quick.</summary>
    NodeLoad? Read();
}

/// <summary>Sees what a worker executes, so that a host can keep a ledger outside Silo. Called on the worker's turn: it must be quick, and what it throws ends the worker.</summary>
public interface IExecutionObserver
{
    /// <summary>The handler is about to run.</summary>
    void Started(TaskDispatch task);

    /// <summary>This report will be sent. Not called for executions of an incarnation that has ended.</summary>
    void Ended(TaskDispatch task, ExecutionReport report);

    /// <summary>The door has answered a report.</summary>
    void Answered(RecordedOutcome answer);
}

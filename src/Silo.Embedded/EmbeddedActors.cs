using Microsoft.Extensions.Logging;
using Silo.Core.Engine;
using Silo.Core.Nodes;
using Silo.Core.Tasks;
using Silo.Embedded.Proxies;
using Silo.Embedded.Turns;
using SystemTask = System.Threading.Tasks.Task;

namespace Silo.Embedded;

/// <summary>Every actor in this process: made when first called, each with turns of its own, stopped with the engine.</summary>
public sealed class EmbeddedActors : IActors, IAsyncDisposable
{
    private static readonly TimeSpan IdleCheckInterval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ReplaceWait = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ActorDirectory<string, ISchedulerActor> _schedulers;
    private readonly ActorDirectory<string, INodeActor> _nodes;
    private readonly ActorDirectory<TaskId, ITaskActor> _tasks;
    private readonly Lock _gate = new();
    private ITimer? _idleChecks;
    private Task _idleCheck = SystemTask.CompletedTask;
    private bool _ended;

    /// <param name="events">The live events of this process; each task actor gets those of its task.</param>
    public EmbeddedActors(EmbeddedOptions options, ActorFactories factories, LiveEvents events, TimeProvider time, ILogger<EmbeddedActors> logger)
    {
        (_time, _logger) = (time, logger);
        // Pools come from the configuration, and a scheduler without calls still has its clock to watch: none is ever dropped.
        var schedulers = new ActorLimit(int.MaxValue, TimeSpan.MaxValue, TimeSpan.MaxValue);
        var nodes = new ActorLimit(options.NodeActorsMax, options.NodeIdle, NodeLimits.Lease * 2);
        var tasks = new ActorLimit(options.TaskActorsMax, options.TaskIdle, TimeSpan.Zero);
        var stopping = _stopping.Token;
        _schedulers = new("scheduler", pool => factories.Scheduler(pool, this), schedulers, options, time, logger, stopping);
        _nodes = new("node", name => factories.Node(name, this), nodes, options, time, logger, stopping) { Opened = _ => StartIdleChecks() };
        _tasks = new("task", id => factories.Task(id, this), tasks, options, time, logger, stopping)
        {
            Opened = _ => StartIdleChecks(),
            Attach = (id, cell) => events.Watch(id, happened => cell.TryCall(
                happened, static (actor, message) => actor.NotifyAsync(message), options.ReencodeCalls, keepsAlive: false, out _)),
        };
    }

    /// <inheritdoc/>
    public ISchedulerActor Scheduler(string pool) => new SchedulerProxy(_schedulers, pool);

    /// <inheritdoc/>
    public INodeActor Node(string name) => new NodeProxy(_nodes, name);

    /// <inheritdoc/>
    public ITaskActor Task(TaskId id) => new TaskProxy(_tasks, id);

    /// <summary>Actors that live now, of all kinds.</summary>
    public int Count => _schedulers.Count + _nodes.Count + _tasks.Count;

    /// <summary>Stops the schedulers, then the nodes, then the tasks' actors. A call that is left without an answer ends with <see cref="ActorUnavailableException"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!await EndAsync())
        {
            return;
        }

        await _stopping.CancelAsync();
        await _schedulers.StopAsync();
        await _nodes.StopAsync();
        await _tasks.StopAsync();
        _stopping.Dispose();
    }

    /// <summary>Ends every actor as the end of the process would: turns that run come to their end, nothing follows them.</summary>
    /// <remarks>Called from inside an actor it would wait for itself.</remarks>
    public async Task CrashAsync()
    {
        if (await EndAsync())
        {
            await SystemTask.WhenAll(_schedulers.HaltAsync(), _nodes.HaltAsync(), _tasks.HaltAsync());
        }
    }

    /// <summary>Puts another scheduler in the place of one that has stepped down, after a pause in which the reason may pass.</summary>
    internal async Task ReplaceSchedulerAsync(string pool)
    {
        try
        {
            await SystemTask.Delay(ReplaceWait, _time, _stopping.Token);
            await _schedulers.StopAsync(pool);
            await Scheduler(pool).ReadSnapshotAsync(new ReadSnapshot());
        }
        catch (Exception problem) when (problem is OperationCanceledException or ObjectDisposedException or ActorUnavailableException)
        {
            // The engine stops, and needs no scheduler any more.
        }
    }

    private async Task<bool> EndAsync()
    {
        Task idleCheck;
        lock (_gate)
        {
            if (_ended)
            {
                return false;
            }

            _ended = true;
            _idleChecks?.Dispose();
            idleCheck = _idleCheck;
        }

        await idleCheck;
        return true;
    }

    private void StartIdleChecks()
    {
        lock (_gate)
        {
            if (!_ended)
            {
                _idleChecks ??= _time.CreateTimer(_ => StartIdleCheck(), null, IdleCheckInterval, IdleCheckInterval);
            }
        }
    }

    private void StartIdleCheck()
    {
        lock (_gate)
        {
            if (!_ended && _idleCheck.IsCompleted)
            {
                _idleCheck = SystemTask.Run(CloseIdleAsync);
            }
        }
    }

    private async Task CloseIdleAsync()
    {
        try
        {
            await _tasks.CloseIdleAsync();
            await _nodes.CloseIdleAsync();
        }
        catch (Exception problem)
        {
            EmbeddedLog.IdleCheckFailed(_logger, problem);
        }
    }
}

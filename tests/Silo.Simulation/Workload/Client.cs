using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Simulation.Kernel;
using Silo.Simulation.Processes;

namespace Silo.Simulation.Workload;

/// <summary>What users and operators do: submit, cancel, retry, wait, drain, pause, tidy up. It repeats keyed submits until they are acknowledged.</summary>
internal sealed class Client
{
    private const int BatchMax = 12;
    private const int ResendsMax = 40;
    private static readonly TimeSpan RestMax = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ResendWait = TimeSpan.FromMilliseconds(700);

    private readonly SimSystem _system;
    private readonly SimProcess _process;
    private readonly Gateway _gateway;
    private readonly WishMaker _wishes;
    private readonly int _tasksMax;
    private readonly List<Wish> _keyed = [];
    private int _asked;
    private int _keys;

    public Client(SimSystem system)
    {
        _system = system;
        _process = system.NewProcess("client");
        _gateway = new Gateway(system, _process);
        _wishes = new WishMaker(system.World, [.. system.Workers.Select(worker => worker.Name)]);
        _tasksMax = 60 + World.Random.Next(140);
    }

    /// <summary>Requests that have not been answered and not been given up.</summary>
    public int Open { get; private set; }

    private SimWorld World => _system.World;

    /// <summary>Does things at random moments until <paramref name="until"/>.</summary>
    public void Start(TimeSpan until) => _process.Post("client", () => _ = RunAsync(until));

    /// <summary>Ends what operators have begun, no drain and no pause, as often as it takes: an order that was stuck in the store may come after the one that ends it.</summary>
    public void Restore()
    {
        foreach (var node in _system.Store.Nodes.Values.Where(node => node.Draining))
        {
            Do(() => _gateway.DrainAsync(node.Registration.Name, draining: false));
        }

        foreach (var queue in _system.Store.ReadQueues().Where(queue => queue.Paused))
        {
            Do(() => _gateway.SetQueueAsync(queue with { Paused = false }));
        }
    }

    private async Task RunAsync(TimeSpan until)
    {
        while (World.Now < until)
        {
            Do(NextDeed());
            await Task.Delay(World.Skewed(TimeSpan.FromMilliseconds(5), RestMax), _process.Clock);
        }
    }

    private Func<Task> NextDeed() => World.Random.Next(100) switch
    {
        < 50 => SubmitAsync,
        < 58 => ResubmitAsync,
        < 74 => CancelAsync,
        < 82 => RetryAsync,
        < 90 => WaitAsync,
        < 93 => DrainAsync,
        < 96 => PauseAsync,
        < 98 => ForgetAsync,
        _ => PruneAsync,
    };

    private void Do(Func<Task> deed) => _process.Post("client", () => _ = DoAsync(deed));

    private async Task DoAsync(Func<Task> deed)
    {
        Open++;
        try
        {
            await deed();
        }
        catch (Exception error) when (error is StoreUnavailableException or StoreUnknownException or TimeoutException or OperationCanceledException)
        {
            World.Trace.Add($"client  gives up: {error.Message}");
        }
        catch (Exception error)
        {
            World.Fail("a client sees only errors it was told of", $"{error}");
        }

        Open--;
    }

    private async Task SubmitAsync()
    {
        if (_asked >= _tasksMax)
        {
            return;
        }

        var keyed = World.Chance(0.4);
        var wishes = new List<Wish>();
        var count = World.Chance(0.5) ? 1 : 1 + World.Random.Next(BatchMax);
        for (var i = 0; i < count; i++)
        {
            wishes.Add(_wishes.Next(keyed ? $"key-{++_keys}" : null));
        }

        _asked += count;
        if (keyed)
        {
            _keyed.AddRange(wishes);
            await RepeatAsync(() => SubmitAsync(wishes));
        }
        else
        {
            await SubmitAsync(wishes);
        }
    }

    private async Task ResubmitAsync()
    {
        if (_keyed.Count > 0)
        {
            await SubmitAsync([Pick(_keyed)]);
        }
    }

    private async Task<bool> SubmitAsync(IReadOnlyList<Wish> wishes)
    {
        var submitted = await _gateway.SubmitAsync(wishes);
        foreach (var (answer, wish) in submitted.Answers.Zip(wishes))
        {
            if (answer.Kind == InsertKind.KeyConflict)
            {
                World.Fail("a repeated request is a duplicate", $"key {wish.Key} was refused as a conflict");
            }

            if (!_system.History.WasInserted(answer.Id))
            {
                World.Fail("acknowledged means stored", $"{answer.Id} was acknowledged and is not in the store");
            }

            if (_system.Book.Acknowledge(answer.Id, wish.Key) is { } other)
            {
                World.Fail("a key means one task", $"key {wish.Key} was acknowledged as {other} and as {answer.Id}");
            }
        }

        return true;
    }

    private Task CancelAsync() => SomeTasks() is { Count: > 0 } ids ? _gateway.CancelAsync(ids) : Task.CompletedTask;

    private Task RetryAsync()
    {
        var ended = _system.Store.Rows.Values.Where(row => row.State is StoredState.Failed or StoredState.Cancelled).Select(row => row.Spec.Id).ToList();
        return ended.Count > 0 ? _gateway.RetryAsync([Pick(ended)]) : Task.CompletedTask;
    }

    private async Task WaitAsync()
    {
        if (SomeTasks() is not { Count: > 0 } ids)
        {
            return;
        }

        var reply = await _gateway.WaitAsync(ids[0], World.Between(TimeSpan.Zero, TimeSpan.FromSeconds(15)));
        if (reply.Task is { State: var state } && state.IsTerminal() && !_system.History.WasTerminal(ids[0], state))
        {
            World.Fail("no answer before its commit", $"{ids[0]} was said to be {state}");
        }
    }

    private Task DrainAsync() => _gateway.DrainAsync(Pick(_system.Workers).Name, World.Chance(0.4));

    private Task ForgetAsync()
    {
        var ended = _system.Store.Nodes.Values.Where(node => !node.Alive).Select(node => node.Registration.Name).ToList();
        return _gateway.ForgetAsync(ended.Count > 0 ? Pick(ended) : Pick(_system.Workers).Name);
    }

    private Task PauseAsync()
    {
        var queue = Pick(_system.Queues);
        return _gateway.SetQueueAsync(queue with { Paused = World.Chance(0.4) });
    }

    private Task PruneAsync() => _gateway.PruneAsync(World.Between(TimeSpan.Zero, TimeSpan.FromSeconds(20)), 1 + World.Random.Next(20));

    private List<TaskId> SomeTasks()
    {
        var known = _system.Book.Acknowledged;
        var ids = new List<TaskId>();
        for (var i = known.Count == 0 ? 0 : 1 + World.Random.Next(4); i > 0; i--)
        {
            // The newest are the ones with something left to happen.
            ids.Add(known[^(1 + World.Random.Next(Math.Min(known.Count, 30)))]);
        }

        return [.. ids.Distinct()];
    }

    private async Task RepeatAsync(Func<Task<bool>> send)
    {
        for (var resends = 0; resends < ResendsMax; resends++)
        {
            try
            {
                if (await send())
                {
                    return;
                }
            }
            catch (Exception error) when (error is StoreUnavailableException or StoreUnknownException or TimeoutException)
            {
                World.Trace.Add($"client  sends again: {error.Message}");
            }

            await Task.Delay(ResendWait, _process.Clock);
        }
    }

    private T Pick<T>(IReadOnlyList<T> choices) => choices[World.Random.Next(choices.Count)];
}

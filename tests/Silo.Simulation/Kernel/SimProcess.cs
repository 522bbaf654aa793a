namespace Silo.Simulation.Kernel;

/// <summary>One life of a process: what it does runs in its own context, stops when it is killed, and waits while it is frozen.</summary>
internal sealed class SimProcess
{
    private readonly SimWorld _world;
    private readonly ProcessContext _context;
    private readonly ProcessScheduler _scheduler;
    private readonly List<SimEvent> _deferred = [];
    private string _what = "";
    private TimeSpan _delay;
    private SimEvent? _enqueued;

    /// <param name="world">The run.</param>
    /// <param name="number">Distinct in the run; goes into its hash.</param>
    /// <param name="name">For people.</param>
    /// <param name="clockError">How far its wall clock is off; the monotonic clock is exact.</param>
    public SimProcess(SimWorld world, int number, string name, TimeSpan clockError)
    {
        (_world, Number, Name) = (world, number, name);
        _context = new ProcessContext(this);
        _scheduler = new ProcessScheduler(this);
        Clock = new SimTimeProvider(world, this, clockError);
    }

    public int Number { get; }

    public string Name { get; }

    public SimTimeProvider Clock { get; }

    /// <summary>Where tasks of this process are started when a port asks for a scheduler.</summary>
    public TaskScheduler Turns => _scheduler;

    public bool Alive { get; private set; } = true;

    public bool Frozen { get; private set; }

    /// <summary>Ends it as kill -9 does: whatever it had under way never happens.</summary>
    public void Kill()
    {
        Alive = false;
        _deferred.Clear();
    }

    /// <summary>Stops it as SIGSTOP does: what falls due waits.</summary>
    public void Freeze() => Frozen = true;

    public void Thaw()
    {
        Frozen = false;
        foreach (var deferred in _deferred)
        {
            _world.Enqueue(deferred, TimeSpan.Zero);
        }

        _deferred.Clear();
    }

    /// <summary>Makes <paramref name="action"/> an event of this process.</summary>
    public SimEvent Post(string what, Action action, TimeSpan delay = default)
    {
        (_what, _delay) = (what, delay);
        new Task(action).Start(_scheduler);
        (_what, _delay) = ("", default);
        var posted = _enqueued!;
        _enqueued = null;
        return posted;
    }

    /// <returns>True when the event is not for now: the process is dead (never) or frozen (later).</returns>
    internal bool Defer(SimEvent happening)
    {
        if (Alive && Frozen)
        {
            _deferred.Add(happening);
        }

        return !Alive || Frozen;
    }

    internal void Execute(SimEvent happening)
    {
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(_context);
        try
        {
            _scheduler.Execute(happening.Work);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }

        if (happening.Work.Exception is { } error)
        {
            _world.Fail("no unhandled exception", $"{happening.What} of {Name}: {error.InnerException}");
        }
    }

    private void Enqueue(Task work)
    {
        _enqueued = new SimEvent(this, _what.Length > 0 ? _what : "task", work);
        _world.Enqueue(_enqueued, _delay);
    }

    /// <summary>Where awaits of this process come back to.</summary>
    private sealed class ProcessContext(SimProcess process) : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
            if (process._world.OnThread($"a continuation of {process.Name}"))
            {
                process.Post("continue", () => d(state));
            }
        }

        public override void Send(SendOrPostCallback d, object? state) =>
            throw new NotSupportedException("Nothing may block in a simulated process.");

        public override SynchronizationContext CreateCopy() => this;
    }

    /// <summary>Keeps tasks that are started without naming a scheduler in the process.</summary>
    private sealed class ProcessScheduler(SimProcess process) : TaskScheduler
    {
        public override int MaximumConcurrencyLevel => 1;

        public void Execute(Task work) => TryExecuteTask(work);

        protected override void QueueTask(Task task) => process.Enqueue(task);

        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

        protected override IEnumerable<Task> GetScheduledTasks() => [];
    }
}

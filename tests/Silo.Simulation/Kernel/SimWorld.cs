namespace Silo.Simulation.Kernel;

/// <summary>One seeded run: a queue of events in simulated time, executed one after the other on one thread.</summary>
/// <remarks>Everything that happens (continuations, timers, messages, store transactions, faults) is an event of some process in this queue,
/// so a seed decides the whole run. Nothing else may wake code under test: an event that arrives from another thread fails the run.</remarks>
internal sealed class SimWorld
{
    /// <summary>Where true time begins; a date nobody mistakes for the real one.</summary>
    public static readonly DateTimeOffset Epoch = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Events at one moment after which the code under test is taken to spin without time passing.</summary>
    private const int EventsPerMomentMax = 200_000;

    private readonly PriorityQueue<SimEvent, EventOrder> _queue = new();
    private readonly bool _shuffled;
    private readonly int _jitterMicroseconds;
    private long _sequence;
    private int _eventsThisMoment;
    private int _thread = Environment.CurrentManagedThreadId;
    private Violation? _escape;

    public SimWorld(int seed, bool tracing = false)
    {
        Seed = seed;
        Random = new Random(seed);
        Trace = new Trace(this, tracing);
        _shuffled = Random.Next(2) == 0;
        _jitterMicroseconds = Random.Next(3) * 25;
    }

    public int Seed { get; }

    public Random Random { get; }

    public Trace Trace { get; }

    /// <summary>True time since the run began; exact for every process's monotonic clock.</summary>
    public TimeSpan Now { get; private set; }

    public DateTimeOffset TrueTime => Epoch + Now;

    public long Events { get; private set; }

    /// <summary>Order, time and owner of every event so far, in one number: equal runs have equal hashes.</summary>
    public ulong Hash { get; private set; } = 14695981039346656037UL;

    public Violation? Violation { get; private set; }

    /// <summary>Runs after every event: the invariants.</summary>
    public Action? AfterEvent { get; set; }

    /// <summary>Records the first broken invariant; the run ends after the event at hand.</summary>
    /// <remarks>It does not throw: the code under test catches what it can at the edges of its loops.</remarks>
    public void Fail(string invariant, string detail)
    {
        if (Violation is null)
        {
            Violation = new Violation(invariant, detail);
            Trace.Add($"VIOLATION {invariant}: {detail}");
        }
    }

    /// <summary>Fails the run when the caller is not on the world's thread.</summary>
    public bool OnThread(string what)
    {
        if (Environment.CurrentManagedThreadId == _thread)
        {
            return true;
        }

        _escape ??= new Violation("no escape to another thread", $"{what} was called from thread {Environment.CurrentManagedThreadId}: {Environment.StackTrace}");
        return false;
    }

    public void Enqueue(SimEvent happening, TimeSpan delay)
    {
        if (!OnThread($"an event of {happening.Process.Name}"))
        {
            return;
        }

        var due = Now + (delay > TimeSpan.Zero ? delay : Jitter());
        var order = _shuffled ? Random.NextInt64() : _sequence++;
        _queue.Enqueue(happening, new EventOrder(due, order));
    }

    /// <summary>Executes events until <paramref name="until"/>, a violation, or an empty queue.</summary>
    /// <returns>False when a violation was found.</returns>
    public bool RunUntil(TimeSpan until)
    {
        _thread = Environment.CurrentManagedThreadId;
        while (Violation is null && _queue.TryPeek(out var next, out var order) && order.Due <= until)
        {
            _queue.Dequeue();
            Execute(next, order.Due);
            if (_escape is { } escape)
            {
                Fail(escape.Invariant, escape.Detail);
            }
        }

        if (Violation is null && Now < until)
        {
            Now = until;
        }

        return Violation is null;
    }

    /// <summary>A random span, most often near the lower end: few slow ones among many quick ones.</summary>
    public TimeSpan Skewed(TimeSpan least, TimeSpan most)
    {
        var share = Random.NextDouble();
        return least + ((most - least) * share * share * share);
    }

    public TimeSpan Between(TimeSpan least, TimeSpan most) => least + ((most - least) * Random.NextDouble());

    public bool Chance(double probability) => probability > 0 && Random.NextDouble() < probability;

    private void Execute(SimEvent happening, TimeSpan due)
    {
        if (!happening.Wanted || happening.Process.Defer(happening))
        {
            return;
        }

        if (due > Now)
        {
            (Now, _eventsThisMoment) = (due, 0);
        }

        if (++_eventsThisMoment > EventsPerMomentMax)
        {
            Fail("time passes", $"{EventsPerMomentMax} events at one moment; the last was {happening.What} of {happening.Process.Name}");
            return;
        }

        Events++;
        Mix((ulong)Now.Ticks);
        Mix((ulong)happening.Process.Number);
        happening.Process.Execute(happening);
        AfterEvent?.Invoke();
    }

    private TimeSpan Jitter() => _jitterMicroseconds == 0 ? TimeSpan.Zero : TimeSpan.FromMicroseconds(Random.Next(_jitterMicroseconds));

    private void Mix(ulong value) => Hash = (Hash ^ value) * 1099511628211UL;

    private readonly record struct EventOrder(TimeSpan Due, long Order) : IComparable<EventOrder>
    {
        public int CompareTo(EventOrder other)
        {
            var byTime = Due.CompareTo(other.Due);
            return byTime != 0 ? byTime : Order.CompareTo(other.Order);
        }
    }
}

/// <summary>A rule of the protocol that did not hold.</summary>
internal sealed record Violation(string Invariant, string Detail);

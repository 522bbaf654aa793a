namespace Silo.Storage.Postgres;

/// <summary>Where the store is and how much it takes at once.</summary>
public sealed class PostgresStoreOptions
{
    /// <summary>Npgsql's form, for example <c>Host=db;Username=silo;Password=…;Database=silo</c>. No default.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>What the user calls the setting above; error texts name it. Default <c>ConnectionString</c>.</summary>
    public string ConnectionSetting { get; set; } = nameof(ConnectionString);

    /// <summary>How long an idempotency key is kept, counted from its task's submit; longer than any client goes on retrying. Default 7 days.</summary>
    public TimeSpan IdempotencyKeyLifetime { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Connections that insert, each with its own commits. Default 1: what comes meanwhile shares the next commit, and a burst leaves the server to the outcomes, so that tasks
    /// do not pile up that must then be read back.</summary>
    public int InsertConnections { get; set; } = 1;

    /// <summary>Connections that record outcomes, each with its own commits. Default 2.</summary>
    public int OutcomeConnections { get; set; } = 2;

    /// <summary>Connections in all, those that write included; further readers wait for one. Default 20; a pool size in the connection string has no effect.</summary>
    public int ConnectionsMax { get; set; } = 20;

    /// <summary>Write calls that share one commit at most. Default 1,024.</summary>
    public int BatchOperationsMax { get; set; } = 1024;

    /// <summary>Rows that share one commit at most; a single call with more has a commit of its own. Default 1,000.</summary>
    public int BatchRowsMax { get; set; } = 1000;

    /// <summary>Write calls that wait in one lane; further callers wait for a place. Default 4,096.</summary>
    public int QueuedWritesMax { get; set; } = 4096;

    /// <summary>Rows that one page of a listing looks at; a page that found less than asked by then ends early and says where to go on. Default 5,000.</summary>
    public int ListRowsExaminedMax { get; set; } = 5000;

    /// <summary>How long a connection may take to open. Default 5 s.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one statement may take before it is given up. Default 30 s.</summary>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a write waits for another program's row lock before it is refused. Default 5 s.</summary>
    public TimeSpan LockTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The same for an idempotency key, which another program's open transaction may hold. Default 500 ms.</summary>
    public TimeSpan KeyLockTimeout { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long inserts and outcomes whose answer was lost are sent again before their callers are told that it is unknown. Default 3 s.</summary>
    public TimeSpan ResendFor { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How often the changes of counters are folded into them. Default 5 s.</summary>
    public TimeSpan FoldEvery { get; set; } = TimeSpan.FromSeconds(5);

    /// <exception cref="ArgumentException">Names every value that is out of its range.</exception>
    internal void Validate()
    {
        List<string> problems = [];
        if (string.IsNullOrWhiteSpace(ConnectionString))
            problems.Add($"{ConnectionSetting} is empty: say where the server is, for example Host=localhost;Username=silo;Database=silo");
        RequireCount(InsertConnections, nameof(InsertConnections));
        RequireCount(OutcomeConnections, nameof(OutcomeConnections));
        RequireCount(BatchOperationsMax, nameof(BatchOperationsMax));
        RequireCount(BatchRowsMax, nameof(BatchRowsMax));
        RequireCount(QueuedWritesMax, nameof(QueuedWritesMax));
        RequireCount(ListRowsExaminedMax, nameof(ListRowsExaminedMax));
        RequireTime(IdempotencyKeyLifetime, nameof(IdempotencyKeyLifetime));
        RequireTime(ConnectTimeout, nameof(ConnectTimeout));
        RequireTime(CommandTimeout, nameof(CommandTimeout));
        RequireTime(LockTimeout, nameof(LockTimeout));
        RequireTime(KeyLockTimeout, nameof(KeyLockTimeout));
        RequireTime(FoldEvery, nameof(FoldEvery));
        if (ResendFor < TimeSpan.Zero)
            problems.Add($"{nameof(ResendFor)} is {ResendFor}: it must not be negative");
        // One lane for keyed submits, one connection for the scheduler's lease, and one that is left for reading.
        var least = InsertConnections + OutcomeConnections + 4;
        if (ConnectionsMax < least)
            problems.Add($"{nameof(ConnectionsMax)} is {ConnectionsMax}: with {InsertConnections} to insert and {OutcomeConnections} to record it must be at least {least}");
        if (problems.Count > 0)
            throw new ArgumentException($"The PostgreSQL store's options are wrong: {string.Join("; ", problems)}.");

        void RequireCount(int value, string name)
        {
            if (value < 1)
                problems.Add($"{name} is {value}: it must be at least 1");
        }

        void RequireTime(TimeSpan value, string name)
        {
            if (value < TimeSpan.FromMilliseconds(1))
                problems.Add($"{name} is {value}: it must be at least a millisecond");
        }
    }
}

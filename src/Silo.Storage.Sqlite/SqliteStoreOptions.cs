namespace Silo.Storage.Sqlite;

/// <summary>Where the store is and how much it takes at once.</summary>
public sealed class SqliteStoreOptions
{
    /// <summary>The database file; created, with its folder, when absent. Beside it lie <c>-wal</c>, <c>-shm</c> and <c>.lock</c>. Default <c>silo.db</c> in the working folder.</summary>
    public string Path { get; set; } = "silo.db";

    /// <summary>How long an idempotency key is kept, counted from its task's submit; longer than any client goes on retrying. Default 7 days.</summary>
    public TimeSpan IdempotencyKeyLifetime { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Write calls that share one commit at most. Default 1,024.</summary>
    public int BatchOperationsMax { get; set; } = 1024;

    /// <summary>Rows that share one commit at most; a single call with more has a commit of its own. Default 8,192.</summary>
    public int BatchRowsMax { get; set; } = 8192;

    /// <summary>Write calls that wait for the writer; further callers wait for a place. Default 4,096.</summary>
    public int QueuedWritesMax { get; set; } = 4096;

    /// <summary>Read calls that wait for a reader; further callers wait for a place. Default 1,024.</summary>
    public int QueuedReadsMax { get; set; } = 1024;

    /// <summary>Connections that read, each with its thread. Default 2.</summary>
    public int Readers { get; set; } = 2;

    /// <summary>Rows that one page of a listing looks at; a page that found less than asked by then ends early and says where to go on. Default 5,000.</summary>
    public int ListRowsExaminedMax { get; set; } = 5000;

    /// <summary>How long a write waits for another program's lock (a backup, a shell) before it is refused. Default 5 s.</summary>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Pages in the write-ahead log after which a commit moves them into the database file. Default 4,000 (16 MB).</summary>
    public int CheckpointPages { get; set; } = 4000;

    /// <summary>Files up to this size have every page checked when they are opened; larger ones only their header and schema. Default 256 MiB.</summary>
    public long IntegrityCheckBytesMax { get; set; } = 256L * 1024 * 1024;

    /// <exception cref="ArgumentException">Names every value that is out of its range.</exception>
    internal void Validate()
    {
        List<string> problems = [];
        Require(!string.IsNullOrWhiteSpace(Path), $"{nameof(Path)} is empty: name the database file");
        Require(IdempotencyKeyLifetime > TimeSpan.Zero, $"{nameof(IdempotencyKeyLifetime)} is {IdempotencyKeyLifetime}: it must be above zero");
        RequireAtLeast(1, BatchOperationsMax, nameof(BatchOperationsMax));
        RequireAtLeast(1, BatchRowsMax, nameof(BatchRowsMax));
        RequireAtLeast(1, QueuedWritesMax, nameof(QueuedWritesMax));
        RequireAtLeast(1, QueuedReadsMax, nameof(QueuedReadsMax));
        RequireAtLeast(1, Readers, nameof(Readers));
        RequireAtLeast(1, ListRowsExaminedMax, nameof(ListRowsExaminedMax));
        RequireAtLeast(1, CheckpointPages, nameof(CheckpointPages));
        Require(BusyTimeout >= TimeSpan.Zero, $"{nameof(BusyTimeout)} is {BusyTimeout}: it must not be negative");
        Require(IntegrityCheckBytesMax >= 0, $"{nameof(IntegrityCheckBytesMax)} is {IntegrityCheckBytesMax}: it must not be negative");
        if (problems.Count > 0)
        {
            throw new ArgumentException($"The SQLite store's options are wrong: {string.Join("; ", problems)}.");
        }

        void Require(bool holds, string problem)
        {
            if (!holds)
            {
                problems.Add(problem);
            }
        }

        void RequireAtLeast(int least, int value, string name) => Require(value >= least, $"{name} is {value}: it must be at least {least}");
    }
}

using System.Text.Json;
using Npgsql;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Storage.Postgres.Scheduling;
using Silo.Storage.Postgres.Tasks;
using Silo.Testing.Postgres;

namespace Silo.Storage.Postgres.Tests;

/// <summary>A million analysed rows, and how many pages each reading touches: what a plan costs, which no clock of a busy machine tells.</summary>
public sealed class ListingBufferTests(ListingBufferTests.Million million) : IClassFixture<ListingBufferTests.Million>
{
    private const int Page = 50;

    private static CancellationToken Never => CancellationToken.None;

    /// <summary>Each with the pages it may touch: some for every row that is shown, or for every row that may be looked at where matches are rare.</summary>
    public static TheoryData<string, int> Listings => new()
    {
        { "everything", 1_000 },
        { "deep", 1_000 },
        { "succeeded", 1_000 },
        { "queue", 2_500 },
        { "failed", 1_000 },
        { "running", 1_000 },
        { "cancelled", 1_000 },
        { "correlation", 1_000 },
        { "failed of a type", 1_000 },
        { "label that nobody has", 60_000 },
        { "waiting behind history", 60_000 },
        { "type", 1_000 },
        { "type that nobody has", 60_000 },
        { "node", 1_000 },
        { "node that nobody has", 60_000 },
        { "created in the future", 60_000 },
        { "created before all", 60_000 },
    };

    [Theory]
    [MemberData(nameof(Listings))]
    public async Task List_OfAMillion_TouchesFewPages(string listing, int bound)
    {
        var after = listing == "deep" ? new TaskCursor(500_000) : (TaskCursor?)null;

        var pages = await million.CountPagesAsync(connection => ListTasks.ReadAsync(connection, Filter(listing), after, Page, 5_000, Never));

        Assert.InRange(pages, 1, bound);
    }

    [Fact]
    public async Task Find_ByIdAndByNumber_TouchesAHandful()
    {
        TaskDetails? found = null;

        Assert.InRange(await million.CountPagesAsync(async connection => found = await FindTasks.FindAsync(connection, 700_001, Never)), 1, 60);
        Assert.InRange(await million.CountPagesAsync(connection => FindTasks.FindAsync(connection, found!.Spec.Id, Never)), 1, 15);
        Assert.Equal(700_001, found!.Number);
    }

    [Fact]
    public async Task Counts_AndPriorities_TouchNoHistory()
    {
        Assert.InRange(await million.CountPagesAsync(connection => FindTasks.CountAsync(connection, Never)), 1, 500);
        Assert.InRange(await million.CountPagesAsync(connection => ReadyReads.ReadPrioritiesAsync(connection, "default", Never)), 1, 500);
    }

    [Fact]
    public async Task Waiting_FromAKey_TouchesOnlyWhatItReturns()
    {
        var rows = 0;

        var pages = await million.CountPagesAsync(async connection =>
            rows = (await ReadyReads.ReadAsync(connection, "default", 50, ReadyKey.Lowest, 200, Never)).Count);

        Assert.Equal(200, rows);
        Assert.InRange(pages, 1, 500);
    }

    private static TaskFilter Filter(string listing) => listing switch
    {
        "succeeded" => new TaskFilter { State = StoredState.Succeeded },
        "queue" => new TaskFilter { Queue = "q3" },
        "failed" => new TaskFilter { State = StoredState.Failed },
        "running" => new TaskFilter { State = StoredState.Running },
        "cancelled" => new TaskFilter { State = StoredState.Cancelled },
        "correlation" => new TaskFilter { CorrelationId = "c7" },
        "failed of a type" => new TaskFilter { State = StoredState.Failed, Type = "echo" },
        "label that nobody has" => new TaskFilter { Label = new("tenant", "nobody") },
        "type" => new TaskFilter { Type = "echo" },
        "type that nobody has" => new TaskFilter { Type = "nothing" },
        "node" => new TaskFilter { Node = "n1" },
        "node that nobody has" => new TaskFilter { Node = "nobody" },
        "created in the future" => new TaskFilter { CreatedFrom = DateTimeOffset.MaxValue.AddDays(-1) },
        "created before all" => new TaskFilter { CreatedBefore = DateTimeOffset.UnixEpoch },
        "waiting behind history" => new TaskFilter { State = StoredState.Waiting },
        _ => TaskFilter.Everything,
    };

    /// <summary>Made once: a million finished, failed and cancelled tasks, and below them a thousand that wait, as a backlog does that newer ones have overtaken.</summary>
    public sealed class Million : IAsyncLifetime
    {
        private const string Fill = """
            INSERT INTO silo.tasks (number, id, state, priority, attempts_max, run_at, created_at, queue, type, node, incarnation, started_at, finished_at, correlation_id, payload, result)
            SELECT n, (lpad(to_hex(1700000000000 + n / 20), 12, '0') || '7' || lpad(to_hex(n % 4096), 3, '0') || '8' || lpad(to_hex(n), 15, '0'))::uuid,
                CASE WHEN n <= 1000 THEN 0 WHEN n <= 1200 THEN 1 WHEN n % 100 = 7 THEN 3 WHEN n % 100 = 8 THEN 4 ELSE 2 END,
                50, 3, now(), now(), CASE WHEN n <= 1000 THEN 'default' ELSE 'q' || n % 5 END, 'echo', 'n1', 1, now(), CASE WHEN n > 1200 THEN now() END,
                CASE WHEN n % 10 = 0 THEN 'c' || n % 1000 END, decode(repeat('61', 100), 'hex'), decode(repeat('62', 100), 'hex')
            FROM generate_series(1, 1000000) AS made (n);
            INSERT INTO silo.arrivals (first_number, size, live, ids)
            SELECT min(number), count(*), count(*), array_agg(id ORDER BY number) FROM silo.tasks GROUP BY (number - 1) / 500;
            INSERT INTO silo.counter_deltas SELECT queue, CASE WHEN state < 2 THEN 0 ELSE state END, CASE WHEN state < 2 THEN 50 ELSE 0 END, count(*) FROM silo.tasks GROUP BY 1, 2, 3;
            UPDATE silo.tasks SET correlation_id = 'c7' WHERE number % 100000 = 3;
            VACUUM ANALYZE;
            """;

        private PostgresDatabase? _database;

        public async ValueTask InitializeAsync()
        {
            _database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
            await PostgresStore.Open(new PostgresStoreOptions { ConnectionString = _database.ConnectionString }).DisposeAsync();
            foreach (var statement in Fill.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                await _database.ExecuteAsync(statement);
            }
        }

        public async ValueTask DisposeAsync()
        {
            if (_database is not null)
            {
                await _database.DisposeAsync();
            }
        }

        /// <summary>Pages that the statements of a reading found in memory or fetched, as the server's own explanation of each says.</summary>
        internal async Task<long> CountPagesAsync(Func<NpgsqlConnection, Task> read)
        {
            var pages = 0L;
            await using var connection = new NpgsqlConnection(_database!.ConnectionString + ";Pooling=false;Options='-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c plan_cache_mode=force_generic_plan'");
            await connection.OpenAsync();
            await using var explain = new NpgsqlCommand(
                "LOAD 'auto_explain'; SET auto_explain.log_min_duration = 0; SET auto_explain.log_analyze = on; SET auto_explain.log_buffers = on; "
                + "SET auto_explain.log_format = json; SET auto_explain.log_level = notice; SET client_min_messages = notice", connection);
            await explain.ExecuteNonQueryAsync();
            connection.Notice += (_, said) => pages += PagesOf(said.Notice.MessageText);

            await read(connection);
            return pages;
        }

        private static long PagesOf(string notice)
        {
            using var plan = JsonDocument.Parse(notice[notice.IndexOf('{', StringComparison.Ordinal)..]);
            var top = plan.RootElement.GetProperty("Plan");
            return top.GetProperty("Shared Hit Blocks").GetInt64() + top.GetProperty("Shared Read Blocks").GetInt64();
        }
    }
}

using System.Threading.Channels;
using Npgsql;
using Silo.Core.Engine;
using Silo.Core.Tasks;
using Silo.Testing.Postgres;

namespace Silo.Benchmarks.Ceiling;

/// <summary>The least that moves tasks through PostgreSQL and keeps every outcome: two connections insert batches, a channel, idle slots, two connections write outcomes.</summary>
/// <remarks>No scheduler, node, fence, retries, events, numbers or counters. A task may run once its insert is committed, and is done once its outcome is.</remarks>
internal sealed class BareBatches : IAsyncDisposable
{
    private const int ConnectionsPerLane = 2;

    private readonly NpgsqlDataSource _source;
    private readonly int _slots;
    private readonly int _batchRows;
    private readonly byte[] _payload;
    private readonly SystemIdSource _ids = new();
    private readonly List<TaskId> _acknowledged = [];
    private readonly List<TaskId> _runs = [];
    private readonly List<TaskId> _recorded = [];
    private readonly Lock _gate = new();

    private BareBatches(NpgsqlDataSource source, int slots, int batchRows, byte[] payload) =>
        (_source, _slots, _batchRows, _payload) = (source, slots, batchRows, payload);

    public IReadOnlyCollection<TaskId> Acknowledged => _acknowledged;

    public IReadOnlyCollection<TaskId> Runs => _runs;

    public IReadOnlyCollection<TaskId> Recorded => _recorded;

    /// <summary>Makes the table in an empty database.</summary>
    public static async Task<BareBatches> CreateAsync(PostgresDatabase database, int slots, int batchRows, byte[] payload)
    {
        await BareTable.CreateAsync(database);
        var settings = new NpgsqlConnectionStringBuilder(database.ConnectionString) { MaxAutoPrepare = 10, AutoPrepareMinUsages = 2 };
        return new BareBatches(NpgsqlDataSource.Create(settings), slots, batchRows, payload);
    }

    /// <summary>Completes when the outcome of every task is durable.</summary>
    public async Task RunAsync(int tasks)
    {
        var ready = Channel.CreateUnbounded<BareTask>();
        var finished = Channel.CreateUnbounded<BareTask>();
        var left = tasks;
        var running = Start(_slots, () => RunSlotAsync(ready.Reader, finished.Writer));
        var recording = Start(ConnectionsPerLane, () => RecordAsync(finished.Reader));
        await Start(ConnectionsPerLane, InsertAsync);
        ready.Writer.Complete();
        await running;
        finished.Writer.Complete();
        await recording;

        async Task InsertAsync()
        {
            await using var connection = await _source.OpenConnectionAsync();
            while (Take(ref left) is > 0 and var rows)
            {
                var batch = NewTasks(rows);
                await BareTable.InsertAsync(connection, batch);
                Note(_acknowledged, batch);
                foreach (var task in batch)
                {
                    ready.Writer.TryWrite(task);
                }
            }
        }
    }

    /// <summary>One task inserted with a commit of its own; nobody runs it.</summary>
    public async Task InsertOneAsync(NpgsqlConnection connection) => await BareTable.InsertAsync(connection, NewTasks(1));

    public ValueTask<NpgsqlConnection> ConnectAsync() => _source.OpenConnectionAsync();

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private static Task Start(int count, Func<Task> work) => Task.WhenAll(Enumerable.Range(0, count).Select(_ => Task.Run(work)));

    private int Take(ref int left)
    {
        lock (_gate)
        {
            var rows = Math.Min(_batchRows, left);
            left -= rows;
            return rows;
        }
    }

    private BareTask[] NewTasks(int count)
    {
        var now = DateTime.UtcNow;
        var batch = new BareTask[count];
        for (var index = 0; index < count; index++)
        {
            batch[index] = new BareTask(_ids.NewTaskId(now), now, _payload);
        }

        return batch;
    }

    private static async Task RunSlotAsync(ChannelReader<BareTask> ready, ChannelWriter<BareTask> finished)
    {
        await foreach (var task in ready.ReadAllAsync())
        {
            task.StartedAt = DateTime.UtcNow;
            task.Result = task.Payload;
            finished.TryWrite(task);
        }
    }

    private async Task RecordAsync(ChannelReader<BareTask> finished)
    {
        await using var connection = await _source.OpenConnectionAsync();
        var batch = new List<BareTask>(_batchRows);
        while (await finished.WaitToReadAsync())
        {
            while (batch.Count < _batchRows && finished.TryRead(out var task))
            {
                batch.Add(task);
            }

            if (batch.Count == 0)
                continue;
            Note(_runs, batch);
            await BareTable.FinishAsync(connection, batch);
            Note(_recorded, batch);
            batch.Clear();
        }
    }

    private void Note(List<TaskId> list, IEnumerable<BareTask> tasks)
    {
        lock (_gate)
        {
            list.AddRange(tasks.Select(task => task.Id));
        }
    }
}

using System.Threading.Channels;
using Silo.Core.Engine;
using Silo.Core.Tasks;

namespace Silo.Benchmarks.Bare;

/// <summary>The least that moves the same rows with the same guarantees: a task may run once its insert is committed, and is done once its outcome is.</summary>
/// <remarks>No scheduler, no node, no fence, no retries, no events. One thread writes, since SQLite has one writer; each commit takes as many inserts and outcomes as wait, up to
/// a batch of each, so a sync is shared by both. Rows are found by their number, without a look-up by id.</remarks>
internal sealed class BarePipeline(BareFile file, int slots, int batchRows, byte[] payload)
{
    private const int BatchesWaitingMax = 4;

    private readonly SystemIdSource _ids = new();
    private readonly Channel<BareRow[]> _inserts = Channel.CreateBounded<BareRow[]>(BatchesWaitingMax);
    private readonly Channel<BareRow> _ready = Channel.CreateUnbounded<BareRow>();
    private readonly Channel<BareRow> _outcomes = Channel.CreateUnbounded<BareRow>(new UnboundedChannelOptions { SingleReader = true });
    private readonly SemaphoreSlim _work = new(0);
    private readonly List<TaskId> _acknowledged = [];
    private readonly List<TaskId> _recorded = [];

    public IReadOnlyCollection<TaskId> Acknowledged => _acknowledged;

    public IReadOnlyCollection<TaskId> Recorded => _recorded;

    /// <summary>Completes when the outcome of every row is durable.</summary>
    public async Task RunAsync(int tasks)
    {
        var writing = Task.Factory.StartNew(() => Write(tasks), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var running = Enumerable.Range(0, slots).Select(_ => Task.Run(RunSlotAsync)).ToArray();
        for (var made = 0; made < tasks; made += batchRows)
        {
            await _inserts.Writer.WriteAsync(NewRows(Math.Min(batchRows, tasks - made)));
            _work.Release();
        }

        await writing;
        _ready.Writer.Complete();
        await Task.WhenAll(running);
    }

    private BareRow[] NewRows(int count)
    {
        var now = DateTimeOffset.UtcNow;
        var rows = new BareRow[count];
        for (var index = 0; index < count; index++)
        {
            rows[index] = new BareRow(_ids.NewTaskId(now), payload);
        }

        return rows;
    }

    private async Task RunSlotAsync()
    {
        while (await _ready.Reader.WaitToReadAsync())
        {
            while (_ready.Reader.TryRead(out var row))
            {
                row.StartedAt = DateTimeOffset.UtcNow;
                row.Result = row.Payload;
                _outcomes.Writer.TryWrite(row);
                // Only the first of many needs to wake the writer, which takes whatever is there.
                if (_work.CurrentCount == 0)
                {
                    _work.Release();
                }
            }
        }
    }

    private void Write(int tasks)
    {
        var finished = new List<BareRow>(batchRows);
        while (_recorded.Count < tasks)
        {
            _work.Wait();
            while (_inserts.Reader.TryRead(out var inserts) | Take(finished))
            {
                Commit(inserts ?? [], finished);
            }
        }
    }

    private bool Take(List<BareRow> finished)
    {
        finished.Clear();
        while (finished.Count < batchRows && _outcomes.Reader.TryRead(out var row))
        {
            finished.Add(row);
        }

        return finished.Count > 0;
    }

    private void Commit(BareRow[] inserts, List<BareRow> finished)
    {
        var now = DateTimeOffset.UtcNow;
        file.Session.Run("BEGIN IMMEDIATE");
        foreach (var row in inserts)
        {
            row.Insert(file.Session, now);
        }

        foreach (var row in finished)
        {
            row.Finish(file.Session, now);
        }

        file.Session.Run("COMMIT");
        foreach (var row in finished)
        {
            _recorded.Add(row.Id);
        }

        foreach (var row in inserts)
        {
            _acknowledged.Add(row.Id);
            _ready.Writer.TryWrite(row);
        }
    }
}

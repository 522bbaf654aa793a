using Silo.Core.Engine;
using Silo.Core.Nodes;
using Silo.Core.Workers;

namespace Silo.Core.Tests.Workers;

/// <summary>Random calls to a work queue and, beside it, to lists that are searched from end to end: both must hold and start the same.</summary>
internal sealed class WorkQueueRun(Random random, int slots, int unrecordedMax)
{
    private readonly WorkQueue _queue = new(slots, unrecordedMax);
    private readonly List<Entry> _held = [];
    private readonly List<Entry> _executing = [];
    private readonly List<Entry> _outbox = [];
    private readonly List<Entry> _sent = [];
    private int _dispatches;

    private enum State
    {
        Queued,
        Running,
        Reported,
        GivenBack,
    }

    public void Step()
    {
        switch (random.Next(12))
        {
            case 0 or 1 or 2:
                Accept();
                break;
            case 3 or 4:
                Start();
                break;
            case 5 or 6:
                Return();
                break;
            case 7:
                ReportOrphan();
                break;
            case 8:
                RecallOrCancel();
                break;
            case 9:
                Send();
                break;
            case 10:
                Answer();
                break;
            default:
                Rare();
                break;
        }

        Compare();
    }

    private void Accept()
    {
        // An attempt comes once, or again after it was given back; an attempt that still runs is never sent again.
        var number = random.Next(1, 40);
        var earlier = _held.Where(entry => entry.Task.Id == WorkQueueTests.Id(number)).ToList();
        if (earlier.Any(entry => entry.State is State.Queued or State.Running))
        {
            Assert.False(_queue.Accept(earlier.First(entry => entry.State is State.Queued or State.Running).Task));
            return;
        }

        var attempt = earlier.Count == 0 ? 1 : earlier.Max(entry => entry.Task.Attempt) + (earlier.Any(entry => entry.State == State.Reported) ? 1 : 0);
        var task = WorkQueueTests.Dispatch(number, attempt, ++_dispatches, random.Next(3) * 50, random.Next(3));
        Assert.True(_queue.Accept(task));
        _held.Add(new Entry(task));
    }

    private void Start()
    {
        var waiting = _held.Where(entry => entry.State == State.Queued)
            .OrderByDescending(entry => entry.Task.Priority).ThenBy(entry => entry.Task.RunAt).ThenBy(entry => entry.Task.Id).FirstOrDefault();
        var item = _queue.StartNext();
        if (waiting is null || _executing.Count >= slots || _held.Count(entry => entry.State == State.Reported) >= unrecordedMax)
        {
            Assert.Null(item);
            return;
        }

        Assert.Same(waiting.Task, item!.Task);
        (waiting.Item, waiting.State) = (item, State.Running);
        _executing.Add(waiting);
    }

    private void Return()
    {
        if (Pick(_executing) is not { } entry)
            return;
        _executing.Remove(entry);
        _queue.Free(entry.Item!);
        Report(entry);
    }

    private void ReportOrphan()
    {
        if (Pick(_executing) is { } entry)
            Report(entry);
    }

    private void Report(Entry entry)
    {
        var counts = _held.Contains(entry) && entry.State == State.Running;
        var end = random.Next(5) == 0 ? ExecutionEnd.Released : ExecutionEnd.Succeeded;
        Assert.Equal(counts, _queue.Report(entry.Item!, WorkQueueTests.Report(entry.Item!, end, random.Next(100))));
        if (!counts)
            return;
        (entry.State, entry.End) = (State.Reported, end);
        _outbox.Add(entry);
    }

    private void RecallOrCancel()
    {
        var id = WorkQueueTests.Id(random.Next(1, 40));
        var queued = _held.FirstOrDefault(entry => entry.Task.Id == id && entry.State == State.Queued);
        var running = _held.FirstOrDefault(entry => entry.Task.Id == id && entry.State == State.Running);
        if (random.Next(2) == 0)
            _queue.Recall(id);
        else
            Assert.Same(running?.Item, _queue.Cancel(id));
        if (queued is not null)
            GiveBack(queued);
    }

    private void GiveBack(Entry entry)
    {
        entry.State = State.GivenBack;
        _outbox.Add(entry);
    }

    private void Send()
    {
        var (countMax, bytesMax) = (random.Next(1, 6), random.Next(1, 200));
        var expected = new List<Entry>();
        while (_outbox.Count > 0 && expected.Count < countMax)
        {
            var bytes = expected.Sum(entry => entry.Item?.Report?.Result.Length ?? 0) + (_outbox[0].Item?.Report?.Result.Length ?? 0);
            if (bytes > bytesMax && expected.Count > 0)
                break;
            expected.Add(_outbox[0]);
            _outbox.RemoveAt(0);
        }

        var batch = _queue.TakeBatch(countMax, bytesMax);
        Assert.Equal(expected.Select(entry => entry.Task), batch.Select(item => item.Task));
        foreach (var (entry, item) in expected.Zip(batch))
            entry.Item = item;
        _sent.AddRange(expected);
    }

    private void Answer()
    {
        if (Pick(_sent) is not { } entry)
            return;
        _sent.Remove(entry);
        _held.Remove(entry);
        _queue.Answer(entry.Item!);
    }

    private void Rare()
    {
        switch (random.Next(10))
        {
            case 0:
                _queue.Fence();
                _held.Clear();
                _outbox.Clear();
                _sent.Clear();
                break;
            case 1:
                _queue.GiveBackUnstarted();
                foreach (var entry in _held.Where(entry => entry.State == State.Queued)
                    .OrderByDescending(entry => entry.Task.Priority).ThenBy(entry => entry.Task.RunAt).ThenBy(entry => entry.Task.Id))
                    GiveBack(entry);
                break;
            case 2:
                TakeInventory();
                break;
        }
    }

    private void TakeInventory()
    {
        bool IsGivenBack(Entry entry) => entry.State == State.GivenBack || (entry.State == State.Reported && entry.End == ExecutionEnd.Released);
        var inventory = _queue.TakeInventory();
        _held.RemoveAll(IsGivenBack);
        _outbox.RemoveAll(IsGivenBack);
        _sent.RemoveAll(IsGivenBack);
        Assert.Equal(
            _held.GroupBy(entry => entry.Task.Id).Select(attempts => attempts.MaxBy(entry => entry.Task.Attempt)!).Select(entry => (entry.Task.Id, entry.Task.Attempt, entry.State == State.Reported)).Order(),
            inventory.Select(held => (held.Task.Id, held.Task.Attempt, held.Returned)).Order());
    }

    private void Compare()
    {
        Assert.Equal(_held.Aggregate(default(HeldDigest), (digest, entry) => digest.With(entry.Task.Id, entry.Task.Attempt)), _queue.Held);
        Assert.Equal(_held.Count(entry => entry.State == State.Queued), _queue.Queued);
        Assert.Equal(_executing.Count, _queue.Executing);
        Assert.Equal(_held.Count(entry => entry.State == State.Running), _queue.Running);
        Assert.Equal(_held.Count(entry => entry.State == State.Reported), _queue.Unrecorded);
        Assert.InRange(_queue.Executing, 0, slots);
    }

    private Entry? Pick(List<Entry> entries) => entries.Count == 0 ? null : entries[random.Next(entries.Count)];

    private sealed class Entry(TaskDispatch task)
    {
        public TaskDispatch Task { get; } = task;

        public State State { get; set; }

        public ExecutionEnd End { get; set; }

        public WorkItem? Item { get; set; }
    }
}

using Microsoft.Extensions.Logging;
using Silo.Core.Engine;
using Silo.Core.Tasks;

namespace Silo.Core.Nodes;

/// <summary>Tells the scheduler what became of tasks: numbered reports, one under way at a time, each repeated until it is acknowledged.</summary>
internal sealed partial class ReportSender(string pool, string activation, NodePorts ports, Action<NodeStanding, long> standing, CancellationToken stopping)
{
    public const int ItemsMax = 4096;

    private static readonly TimeSpan RetryWait = TimeSpan.FromMilliseconds(100);

    private List<FreedTask> _freed = [];
    private List<RecordedOutcome> _recorded = [];
    private List<HeldAttempt> _returned = [];
    private NodeReport? _underWay;
    private NodeFence _fence;
    private long _epoch;
    private int _stream;
    private bool _running;

    /// <summary>The last report made.</summary>
    public long LastMade { get; private set; }

    public bool Pending => _underWay is not null || _freed.Count + _recorded.Count + _returned.Count > 0;

    /// <summary>A new scheduler or a new incarnation: what was not sent is in the inventory, or belongs to a fenced one.</summary>
    public void Restart(NodeFence fence, long epoch)
    {
        (_fence, _epoch) = (fence, epoch);
        _stream++;
        (_freed, _recorded, _returned, _underWay) = ([], [], [], null);
        LastMade = 0;
    }

    public void Freed(TaskDispatch dispatch, TimeSpan ran) => _freed.Add(new FreedTask(dispatch.Id, dispatch.Dispatch, ran));

    public void Recorded(RecordedOutcome answer) => _recorded.Add(answer);

    public void Returned(TaskDispatch dispatch) => _returned.Add(new HeldAttempt(dispatch.Id, dispatch.Attempt, dispatch.Dispatch));

    /// <summary>Starts sending what has gathered; call it once per turn, after the last item.</summary>
    public void Flush()
    {
        if (_running || !Pending)
            return;
        _running = true;
        _ = RunAsync();
    }

    private async Task RunAsync()
    {
        await Task.Yield();
        try
        {
            while (Pending && !stopping.IsCancellationRequested)
            {
                _underWay ??= Make();
                var stream = _stream;
                var reply = await SendAsync(_underWay);
                if (stream != _stream)
                    continue;
                if (reply is { Standing: NodeStanding.Alive } && reply.Acknowledged >= _underWay.Number)
                {
                    _underWay = null;
                    continue;
                }

                if (reply is not null && reply.Standing != NodeStanding.Alive)
                    standing(reply.Standing, reply.Epoch);
                if (stream == _stream)
                    await Task.Delay(RetryWait, ports.Time, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The actor ends; its successor offers an inventory.
        }

        _running = false;
    }

    private NodeReport Make()
    {
        var report = new NodeReport
        {
            Fence = _fence,
            Epoch = _epoch,
            Activation = activation,
            Number = ++LastMade,
            Freed = Cut(ref _freed),
            Recorded = Cut(ref _recorded),
            Returned = Cut(ref _returned),
        };
        return report;
    }

    private static List<T> Cut<T>(ref List<T> items)
    {
        if (items.Count <= ItemsMax)
        {
            var all = items;
            // The next report is mostly about as long.
            items = new List<T>(all.Count);
            return all;
        }

        var head = items.GetRange(0, ItemsMax);
        items.RemoveRange(0, ItemsMax);
        return head;
    }

    private async Task<NodeReportReply?> SendAsync(NodeReport report)
    {
        try
        {
            return await ports.Actors.Scheduler(pool).ReportAsync(report).WaitAsync(ports.CallTimeout, ports.Time, stopping);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !stopping.IsCancellationRequested)
        {
            LogUnanswered(ports.Logger, failure, report.Fence.Node, report.Number);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Report {Number} of node {Node} was not answered; it is sent again.")]
    private static partial void LogUnanswered(ILogger logger, Exception failure, string node, long number);
}

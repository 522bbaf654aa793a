using Silo.Core.Engine;
using Silo.Core.Nodes;
using Silo.Core.Tasks;

namespace Silo.Core.Scheduling;

/// <summary>Commands for one life of a node's actor: what is gathered, and the batch that is under way until it is acknowledged (rule 8). Pure.</summary>
internal sealed class NodeOutbox(string activation, long lastNumber)
{
    private const int DispatchesMax = 1024;

    private readonly Dictionary<TaskId, TaskDispatch> _dispatch = [];
    private List<TaskId> _recall = [];
    private List<TaskId> _cancel = [];

    public string Activation => activation;

    /// <summary>Number of the last batch acknowledged.</summary>
    public long Acknowledged { get; private set; } = lastNumber;

    public NodeCommands? UnderWay { get; private set; }

    public bool Closed { get; private set; }

    public bool Any => UnderWay is not null || _dispatch.Count + _recall.Count + _cancel.Count > 0;

    public void Dispatch(TaskDispatch dispatch) => _dispatch.Add(dispatch.Id, dispatch);

    public void Recall(TaskId id) => _recall.Add(id);

    public void Cancel(TaskId id) => _cancel.Add(id);

    public bool IsUnsent(TaskId id) => _dispatch.ContainsKey(id);

    /// <summary>Takes a task back that was never sent; nobody else knows of it.</summary>
    public bool Withdraw(TaskId id) => _dispatch.Remove(id);

    /// <summary>The batch to send now, the same until it is acknowledged.</summary>
    public NodeCommands? Next(long epoch, NodeFence fence)
    {
        if (UnderWay is null && _dispatch.Count + _recall.Count + _cancel.Count > 0)
        {
            UnderWay = new NodeCommands
            {
                Epoch = epoch,
                Incarnation = fence.Incarnation,
                Activation = activation,
                Number = Acknowledged + 1,
                Dispatch = TakeDispatches(),
                Recall = _recall,
                Cancel = _cancel,
            };
            (_recall, _cancel) = ([], []);
        }

        return UnderWay;
    }

    public void Acknowledge(NodeCommands commands)
    {
        if (!ReferenceEquals(commands, UnderWay))
            return;
        Acknowledged = commands.Number;
        UnderWay = null;
    }

    public void Close() => Closed = true;

    private List<TaskDispatch> TakeDispatches()
    {
        var bytes = 0L;
        var taken = new List<TaskDispatch>(Math.Min(_dispatch.Count, DispatchesMax));
        foreach (var dispatch in _dispatch.Values)
        {
            bytes += dispatch.Payload.Length;
            if (taken.Count == DispatchesMax || (taken.Count > 0 && bytes > NodeLimits.BatchPayloadBytesMax))
                break;
            taken.Add(dispatch);
        }

        if (taken.Count == _dispatch.Count)
            _dispatch.Clear();
        else
            taken.ForEach(dispatch => _dispatch.Remove(dispatch.Id));
        return taken;
    }
}

using Microsoft.Extensions.Logging;
using Silo.Core.Engine;
using Silo.Core.Nodes;
using Silo.Core.Storage;

namespace Silo.Core.Scheduling;

/// <content>What operators set. One write at a time, so that memory takes them in the order in which the store did.</content>
public sealed partial class SchedulerActor
{
    /// <summary>Nodes that one sweep forgets; more wait for the next one.</summary>
    private const int ForgottenPerSweepMax = 100;

    private bool _operating;
    private bool _forgettingOld;

    // No process of this name registers meanwhile: the row that is deleted must not be one that has just begun.
    private string? _forgetting;

    public async Task<SetQueueReply> SetQueueAsync(SetQueue request)
    {
        var names = _ports.Strategies.Names;
        if (!_ports.Strategies.Contains(request.Settings.Strategy))
            return new SetQueueReply(SetQueueStatus.UnknownStrategy, names);
        if (!await OperateAsync(() => _ports.Store.SaveQueueAsync(_options.Pool, _epoch, request.Settings, _stopping.Token), "saving a queue"))
            return new SetQueueReply(SetQueueStatus.NotReady, names);
        _board.SetQueue(request.Settings);
        ActSoon();
        return new SetQueueReply(SetQueueStatus.Saved, names);
    }

    public async Task<DrainNodeReply> DrainNodeAsync(DrainNode request)
    {
        if (_acting && !_known.ContainsKey(request.Node))
            return new DrainNodeReply(DrainNodeStatus.UnknownNode);
        if (!await OperateAsync(() => _ports.Store.SetDrainAsync(_options.Pool, _epoch, request.Node, request.Draining, _stopping.Token), "draining a node"))
            return new DrainNodeReply(DrainNodeStatus.NotReady);
        SetDraining(request.Node, request.Draining);
        ActSoon();
        return new DrainNodeReply(DrainNodeStatus.Done);
    }

    public async Task<ForgetNodeReply> ForgetNodeAsync(ForgetNode request)
    {
        var name = request.Node;
        if (_acting && !_known.ContainsKey(name))
            return new ForgetNodeReply(ForgetNodeStatus.UnknownNode);
        if (_board.Nodes.ContainsKey(name))
            return new ForgetNodeReply(ForgetNodeStatus.Alive);
        if (!_acting || _operating || _registering.Contains(name))
            return new ForgetNodeReply(ForgetNodeStatus.NotReady);
        var (record, answer) = (_known[name], ForgetNodeAnswer.Changed);
        _forgetting = name;
        var stored = await OperateAsync(
            async () =>
            {
                answer = await _ports.Store.ForgetNodeAsync(_options.Pool, _epoch, new NodeFence(name, record.Incarnation), record.Draining, _stopping.Token);
                return answer != ForgetNodeAnswer.StaleEpoch;
            },
            "forgetting a node");
        // While it reads back what an unknown write did, the name stays closed.
        if (!_operating)
            _forgetting = null;
        if (!stored || answer != ForgetNodeAnswer.Forgotten)
            return new ForgetNodeReply(ForgetNodeStatus.NotReady);
        _known.Remove(name);
        LogForgotten(_ports.Logger, name);
        return new ForgetNodeReply(ForgetNodeStatus.Forgotten);
    }

    /// <summary>What nobody removed: machines that come under a new name each time would fill the list for ever.</summary>
    private async Task ForgetOldNodesAsync()
    {
        _forgettingOld = true;
        var before = _ports.Clock.LowerBound - _options.ForgetNodesAfter;
        foreach (var record in _known.Values.Where(record => record.EndedAt < before).Take(ForgottenPerSweepMax).ToList())
            await ForgetNodeAsync(new ForgetNode(record.Registration.Name));
        _forgettingOld = false;
    }

    private void SetDraining(string name, bool draining)
    {
        _known[name] = _known[name] with { Draining = draining };
        if (!_board.Nodes.TryGetValue(name, out var node))
            return;
        node.Draining = draining;
        if (draining)
            _board.Recall(_board.On(node));
    }

    /// <returns>False when it was not, or may not have been, stored; also while another write is under way.</returns>
    private async Task<bool> OperateAsync(Func<Task<bool>> write, string doing)
    {
        if (!_acting || _operating)
            return false;
        _operating = true;
        try
        {
            var stored = await write();
            if (!stored)
                StepDown(_epoch + 1);
            _operating = false;
            return stored && _acting;
        }
        catch (StoreUnknownException failure)
        {
            LogStoreAway(_ports.Logger, doing, StoreFailure.InOneLine(failure));
            _ = RereadSettingsAsync();
        }
        catch (Exception failure) when (failure is StoreUnavailableException or OperationCanceledException)
        {
            LogStoreAway(_ports.Logger, doing, StoreFailure.InOneLine(failure));
            _operating = false;
        }

        return false;
    }

    /// <summary>After a write whose outcome is unknown: memory takes what the store has.</summary>
    private async Task RereadSettingsAsync()
    {
        try
        {
            var queues = await UntilStoredAsync(() => _ports.Store.ReadQueuesAsync(_stopping.Token), "reading queues back");
            var nodes = await UntilStoredAsync(() => _ports.Store.ReadNodesAsync(_options.Pool, _stopping.Token), "reading nodes back");
            foreach (var settings in queues)
                _board.SetQueue(settings);
            foreach (var record in nodes)
                if (_known.ContainsKey(record.Registration.Name))
                    SetDraining(record.Registration.Name, record.Draining);
            if (_forgetting is { } forgotten && !nodes.Any(record => record.Registration.Name == forgotten))
                _known.Remove(forgotten);
            (_forgetting, _operating) = (null, false);
            ActSoon();
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The scheduler ends; its successor reads all of it.
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Node {Node} is forgotten; a process of that name is a new node.")]
    private static partial void LogForgotten(ILogger logger, string node);
}

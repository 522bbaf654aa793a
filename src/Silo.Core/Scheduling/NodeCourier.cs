using Microsoft.Extensions.Logging;
using Silo.Core.Engine;
using Silo.Core.Nodes;

namespace Silo.Core.Scheduling;

/// <summary>Carries a node's outbox to its actor: one batch under way, repeated until it is answered (rules 7, 8). It never blocks a turn of the scheduler.</summary>
internal sealed partial class NodeCourier(SchedulerOptions options, SchedulerPorts ports, Action<long> steppedDown, CancellationToken stopping)
{
    private static readonly TimeSpan RetryWait = TimeSpan.FromMilliseconds(50);

    private readonly HashSet<NodeOutbox> _running = [];

    /// <summary>Starts carrying, unless this outbox is being carried already.</summary>
    public void Carry(NodeState node, long epoch)
    {
        var outbox = node.Outbox;
        if (outbox.Any && !outbox.Closed && _running.Add(outbox))
            _ = RunAsync(node.Fence, outbox, epoch);
    }

    private async Task RunAsync(NodeFence fence, NodeOutbox outbox, long epoch)
    {
        // Everything that this turn decides goes into the first batch.
        await Task.Yield();
        try
        {
            while (!outbox.Closed && !stopping.IsCancellationRequested && outbox.Next(epoch, fence) is { } commands)
            {
                var reply = await SendAsync(fence.Node, commands);
                if (reply is { Status: CommandsStatus.Applied })
                {
                    outbox.Acknowledge(commands);
                    continue;
                }

                if (reply is { Status: CommandsStatus.StaleEpoch } && reply.Epoch > epoch)
                {
                    steppedDown(reply.Epoch);
                    return;
                }

                // Silence, or an actor that does not know its worker yet: a fence, an inventory or the same batch again will settle it.
                await Task.Delay(RetryWait, ports.Time, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The scheduler ends; the next one asks every node what it holds.
        }
        finally
        {
            _running.Remove(outbox);
        }
    }

    private async Task<NodeCommandsReply?> SendAsync(string node, NodeCommands commands)
    {
        try
        {
            return await ports.Actors.Node(node).ApplyAsync(commands).WaitAsync(options.CallTimeout, ports.Time, stopping);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !stopping.IsCancellationRequested)
        {
            LogUnanswered(ports.Logger, failure, node, commands.Number);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Commands {Number} for node {Node} were not answered; they are sent again.")]
    private static partial void LogUnanswered(ILogger logger, Exception failure, string node, long number);
}

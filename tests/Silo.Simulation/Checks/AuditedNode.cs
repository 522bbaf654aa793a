using Silo.Core.Engine;
using Silo.Core.Nodes;
using Silo.Core.Tasks;
using Silo.Simulation.Kernel;
using Silo.Simulation.Runs;
using Silo.Simulation.Storage;

namespace Silo.Simulation.Checks;

/// <summary>A node's actor, with what it accepts and answers judged on the way.</summary>
internal sealed class AuditedNode(INodeActor inner, string name, EpochLedger epochs, SimWorld world, SimStore store, StoreAuditor auditor, RunCounts counts) : INodeActor
{
    public async Task<NodeCommandsReply> ApplyAsync(NodeCommands commands)
    {
        var reply = await inner.ApplyAsync(commands);
        if (reply.Status == CommandsStatus.Applied)
        {
            epochs.Applied(name, commands.Activation, commands.Epoch);
        }

        return reply;
    }

    public Task<NodeInventory> ReadInventoryAsync(ReadInventory request) => inner.ReadInventoryAsync(request);

    public Task<WorkerWelcome> RegisterAsync(WorkerRegistration request) => inner.RegisterAsync(request);

    public Task<LeaseReply> LeaseAsync(LeaseRequest request) => inner.LeaseAsync(request);

    public async Task<CompleteReply> CompleteAsync(CompleteRequest request)
    {
        var reply = await inner.CompleteAsync(request);
        if (reply.Status == DoorStatus.Fenced)
        {
            counts.FencedOutcomes += request.Reports.Count;
        }

        if (reply.Status == DoorStatus.Ok)
        {
            foreach (var (answer, report) in reply.Answers.Zip(request.Reports))
            {
                Judge(answer, report, new NodeFence(name, request.Incarnation));
            }
        }

        return reply;
    }

    public Task<WorkerReply> ProgressAsync(ProgressRequest request) => inner.ProgressAsync(request);

    public Task<WorkerReply> BeatAsync(WorkerBeat beat) => inner.BeatAsync(beat);

    public Task<WorkerReply> AdoptAsync(WorkerInventory inventory) => inner.AdoptAsync(inventory);

    public Task<WorkerReply> LeaveAsync(WorkerLeave request) => inner.LeaveAsync(request);

    private void Judge(RecordedOutcome answer, ExecutionReport report, NodeFence fence)
    {
        var holds = answer.Answer switch
        {
            OutcomeAnswer.Recorded => report.End == ExecutionEnd.Released || store.WasRecorded(answer.Id, answer.Attempt),
            OutcomeAnswer.Fenced => auditor.HasEnded(fence),
            _ => true,
        };
        if (!holds)
        {
            world.Fail("no answer before its commit", $"{fence} was told {answer.Answer} about {answer.Id} attempt {answer.Attempt}");
        }
    }
}

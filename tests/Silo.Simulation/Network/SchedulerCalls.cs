using Silo.Core.Engine;
using Silo.Simulation.Kernel;

namespace Silo.Simulation.Network;

/// <summary>The scheduler as another process sees it.</summary>
internal sealed class SchedulerCalls(SimNetwork network, SimProcess from, IActorDirectory directory) : ISchedulerActor
{
    public Task<RegisterNodeReply> RegisterNodeAsync(RegisterNode request) => Call("RegisterNode", request, static (actor, message) => actor.RegisterNodeAsync(message));

    public Task<NodeBeatReply> BeatAsync(NodeBeat beat) => Call("Beat", beat, static (actor, message) => actor.BeatAsync(message));

    public Task<NodeReportReply> ReportAsync(NodeReport report) => Call("Report", report, static (actor, message) => actor.ReportAsync(message));

    public Task<OfferInventoryReply> OfferInventoryAsync(NodeInventory inventory) =>
        Call("OfferInventory", inventory, static (actor, message) => actor.OfferInventoryAsync(message));

    public Task<LeaveNodeReply> LeaveNodeAsync(LeaveNode request) => Call("LeaveNode", request, static (actor, message) => actor.LeaveNodeAsync(message));

    public Task<SubmitNoticeReply> NotifySubmittedAsync(SubmitNotice notice) =>
        Call("NotifySubmitted", notice, static (actor, message) => actor.NotifySubmittedAsync(message));

    public Task<CancelNoticeReply> NotifyCancelAsync(CancelNotice notice) => Call("NotifyCancel", notice, static (actor, message) => actor.NotifyCancelAsync(message));

    public Task<LocateReply> LocateAsync(LocateTasks request) => Call("Locate", request, static (actor, message) => actor.LocateAsync(message));

    public Task<SchedulerSnapshot> ReadSnapshotAsync(ReadSnapshot request) =>
        Call("ReadSnapshot", request, static (actor, message) => actor.ReadSnapshotAsync(message));

    public Task<SetQueueReply> SetQueueAsync(SetQueue request) => Call("SetQueue", request, static (actor, message) => actor.SetQueueAsync(message));

    public Task<DrainNodeReply> DrainNodeAsync(DrainNode request) => Call("DrainNode", request, static (actor, message) => actor.DrainNodeAsync(message));

    public Task<ForgetNodeReply> ForgetNodeAsync(ForgetNode request) => Call("ForgetNode", request, static (actor, message) => actor.ForgetNodeAsync(message));

    private Task<TReply> Call<TRequest, TReply>(string what, TRequest request, Func<ISchedulerActor, TRequest, Task<TReply>> serve)
        where TRequest : class
        where TReply : class =>
        network.CallAsync(from, directory.FindScheduler, what, request, serve);
}

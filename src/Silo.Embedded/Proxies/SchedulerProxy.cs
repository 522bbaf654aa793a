using Silo.Core.Engine;
using Silo.Embedded.Turns;

namespace Silo.Embedded.Proxies;

/// <summary>Calls the scheduler of one pool wherever its activation is.</summary>
internal sealed class SchedulerProxy(ActorDirectory<string, ISchedulerActor> schedulers, string pool) : ISchedulerActor
{
    public Task<RegisterNodeReply> RegisterNodeAsync(RegisterNode request) =>
        schedulers.CallAsync(pool, request, static (actor, message) => actor.RegisterNodeAsync(message));

    public Task<NodeBeatReply> BeatAsync(NodeBeat beat) =>
        schedulers.CallAsync(pool, beat, static (actor, message) => actor.BeatAsync(message));

    public Task<NodeReportReply> ReportAsync(NodeReport report) =>
        schedulers.CallAsync(pool, report, static (actor, message) => actor.ReportAsync(message));

    public Task<OfferInventoryReply> OfferInventoryAsync(NodeInventory inventory) =>
        schedulers.CallAsync(pool, inventory, static (actor, message) => actor.OfferInventoryAsync(message));

    public Task<LeaveNodeReply> LeaveNodeAsync(LeaveNode request) =>
        schedulers.CallAsync(pool, request, static (actor, message) => actor.LeaveNodeAsync(message));

    public Task<SubmitNoticeReply> NotifySubmittedAsync(SubmitNotice notice) =>
        schedulers.CallAsync(pool, notice, static (actor, message) => actor.NotifySubmittedAsync(message));

    public Task<CancelNoticeReply> NotifyCancelAsync(CancelNotice notice) =>
        schedulers.CallAsync(pool, notice, static (actor, message) => actor.NotifyCancelAsync(message));

    public Task<LocateReply> LocateAsync(LocateTasks request) =>
        schedulers.CallAsync(pool, request, static (actor, message) => actor.LocateAsync(message));

    public Task<SchedulerSnapshot> ReadSnapshotAsync(ReadSnapshot request) =>
        schedulers.CallAsync(pool, request, static (actor, message) => actor.ReadSnapshotAsync(message));

    public Task<SetQueueReply> SetQueueAsync(SetQueue request) =>
        schedulers.CallAsync(pool, request, static (actor, message) => actor.SetQueueAsync(message));

    public Task<DrainNodeReply> DrainNodeAsync(DrainNode request) =>
        schedulers.CallAsync(pool, request, static (actor, message) => actor.DrainNodeAsync(message));

    public Task<ForgetNodeReply> ForgetNodeAsync(ForgetNode request) =>
        schedulers.CallAsync(pool, request, static (actor, message) => actor.ForgetNodeAsync(message));
}

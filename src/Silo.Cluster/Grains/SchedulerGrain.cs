using Orleans.Concurrency;
using Orleans.GrainDirectory;
using Orleans.Placement;
using Silo.Cluster.Client.Grains;
using Silo.Cluster.Placement;
using Silo.Core.Engine;

namespace Silo.Cluster.Grains;

/// <summary>The scheduler of one pool, on the silo that called it first. When that silo dies, the next beat of any node activates it elsewhere, under the next epoch.</summary>
[Reentrant]
[GrainDirectory(ClusterDirectory.Name)]
[PreferLocalPlacement]
[KeepAlive]
internal sealed class SchedulerGrain(IGrainContext context, LocalGrains local, ActorFactories factories, IActors actors, SchedulerSuccession succession)
    : ActorGrain<ISchedulerActor>(context, local), ISchedulerGrain
{
    public Task<RegisterNodeReply> RegisterNodeAsync(RegisterNode request) => Actor.RegisterNodeAsync(request);

    public Task<NodeBeatReply> BeatAsync(NodeBeat beat) => Actor.BeatAsync(beat);

    public Task<NodeReportReply> ReportAsync(NodeReport report) => Actor.ReportAsync(report);

    public Task<OfferInventoryReply> OfferInventoryAsync(NodeInventory inventory) => Actor.OfferInventoryAsync(inventory);

    public Task<LeaveNodeReply> LeaveNodeAsync(LeaveNode request) => Actor.LeaveNodeAsync(request);

    public Task<SubmitNoticeReply> NotifySubmittedAsync(SubmitNotice notice) => Actor.NotifySubmittedAsync(notice);

    public Task<CancelNoticeReply> NotifyCancelAsync(CancelNotice notice) => Actor.NotifyCancelAsync(notice);

    public Task<LocateReply> LocateAsync(LocateTasks request) => Actor.LocateAsync(request);

    public Task<SchedulerSnapshot> ReadSnapshotAsync(ReadSnapshot request) => Actor.ReadSnapshotAsync(request);

    public Task<SetQueueReply> SetQueueAsync(SetQueue request) => Actor.SetQueueAsync(request);

    public Task<DrainNodeReply> DrainNodeAsync(DrainNode request) => Actor.DrainNodeAsync(request);

    public Task<ForgetNodeReply> ForgetNodeAsync(ForgetNode request) => Actor.ForgetNodeAsync(request);

    public override async Task OnActivateAsync(CancellationToken token)
    {
        succession.Began(Key, this);
        await base.OnActivateAsync(token);
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken token)
    {
        succession.Ended(Key, this);
        await base.OnDeactivateAsync(reason, token);
    }

    protected override ISchedulerActor MakeActor() => factories.Scheduler(Key, actors);
}

using Silo.Core.Engine;

namespace Silo.Conformance.Engine;

/// <summary>A scheduler that answers what the test says; what the test says nothing about fails.</summary>
internal sealed class ScriptedScheduler : ISchedulerActor
{
    public Func<LocateTasks, Task<LocateReply>> Locate { get; init; } = _ => Unscripted<LocateReply>();

    public Func<ReadSnapshot, Task<SchedulerSnapshot>> Snapshot { get; init; } = _ => Unscripted<SchedulerSnapshot>();

    public Func<SubmitNotice, Task<SubmitNoticeReply>> Submitted { get; init; } = _ => Unscripted<SubmitNoticeReply>();

    public Func<CancelNotice, Task<CancelNoticeReply>> Cancelled { get; init; } = _ => Unscripted<CancelNoticeReply>();

    public Task<RegisterNodeReply> RegisterNodeAsync(RegisterNode request) => Unscripted<RegisterNodeReply>();

    public Task<NodeBeatReply> BeatAsync(NodeBeat beat) => Unscripted<NodeBeatReply>();

    public Task<NodeReportReply> ReportAsync(NodeReport report) => Unscripted<NodeReportReply>();

    public Task<OfferInventoryReply> OfferInventoryAsync(NodeInventory inventory) => Unscripted<OfferInventoryReply>();

    public Task<LeaveNodeReply> LeaveNodeAsync(LeaveNode request) => Unscripted<LeaveNodeReply>();

    public Task<SubmitNoticeReply> NotifySubmittedAsync(SubmitNotice notice) => Submitted(notice);

    public Task<CancelNoticeReply> NotifyCancelAsync(CancelNotice notice) => Cancelled(notice);

    public Task<LocateReply> LocateAsync(LocateTasks request) => Locate(request);

    public Task<SchedulerSnapshot> ReadSnapshotAsync(ReadSnapshot request) => Snapshot(request);

    public Task<SetQueueReply> SetQueueAsync(SetQueue request) => Unscripted<SetQueueReply>();

    public Task<DrainNodeReply> DrainNodeAsync(DrainNode request) => Unscripted<DrainNodeReply>();

    public Task<ForgetNodeReply> ForgetNodeAsync(ForgetNode request) => Unscripted<ForgetNodeReply>();

    /// <summary>An answer to <see cref="Locate"/> that says how many tasks were asked for.</summary>
    public static LocateReply Echo(LocateTasks request) =>
        new([.. request.Ids.Select(static id => new TaskLocation(id, "node", 1))]);

    private static Task<T> Unscripted<T>() => throw new NotSupportedException($"The test scripted no {typeof(T).Name}.");
}

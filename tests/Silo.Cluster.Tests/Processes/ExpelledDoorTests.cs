using Silo.Core.Engine;
using Silo.Server.Serving;

namespace Silo.Cluster.Tests.Processes;

public sealed class ExpelledDoorTests
{
    private static readonly CompleteRequest Request = new() { Incarnation = 1 };

    private readonly TaskCompletionSource _expelled = new();

    [Fact]
    public async Task Call_UnansweredAfterTheExpulsion_SaysThatTheIncarnationHasEnded()
    {
        var door = new ExpelledDoor(new SilentDoor(), _expelled.Task);
        _expelled.SetResult();

        Assert.Equal(DoorStatus.Fenced, (await door.CompleteAsync(Request)).Status);
    }

    [Fact]
    public async Task Call_UnansweredBeforeTheExpulsion_IsUnknown()
    {
        var door = new ExpelledDoor(new SilentDoor(), _expelled.Task);

        await Assert.ThrowsAsync<ActorUnavailableException>(() => door.CompleteAsync(Request));
    }

    /// <summary>A grain that nobody can call.</summary>
    private sealed class SilentDoor : INodeDoor
    {
        public Task<WorkerWelcome> RegisterAsync(WorkerRegistration request) => Unanswered<WorkerWelcome>();

        public Task<LeaseReply> LeaseAsync(LeaseRequest request) => Unanswered<LeaseReply>();

        public Task<CompleteReply> CompleteAsync(CompleteRequest request) => Unanswered<CompleteReply>();

        public Task<WorkerReply> ProgressAsync(ProgressRequest request) => Unanswered<WorkerReply>();

        public Task<WorkerReply> BeatAsync(WorkerBeat beat) => Unanswered<WorkerReply>();

        public Task<WorkerReply> AdoptAsync(WorkerInventory inventory) => Unanswered<WorkerReply>();

        public Task<WorkerReply> LeaveAsync(WorkerLeave request) => Unanswered<WorkerReply>();

        private static Task<TReply> Unanswered<TReply>() => Task.FromException<TReply>(new ActorUnavailableException("not active"));
    }
}

using Microsoft.Extensions.Logging.Abstractions;
using Silo.Core.Storage;
using Silo.Embedded.Leadership;
using Silo.Testing;

namespace Silo.Embedded.Tests.Leadership;

public sealed class SchedulerLeaseKeeperTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly ManualTimeProvider _storeTime = new();
    private readonly LeaseTable _leases;

    public SchedulerLeaseKeeperTests() => _leases = new LeaseTable(_storeTime);

    [Fact]
    public async Task Lease_Free_IsHeldAtOnce()
    {
        await using var first = New("first");

        await Await.Within(first.Keeper.WhenHeldAsync(default), Limit, "the lease");

        Assert.Equal(("first", null), (_leases.Holder, first.Keeper.ActiveElsewhere));
    }

    [Fact]
    public async Task Lease_HeldAMomentAgo_IsNotAskedForAgain()
    {
        await using var first = New("first");
        await first.Keeper.WhenHeldAsync(default);
        await first.Keeper.WhenHeldAsync(default);
        Assert.Single(_leases.Asked);

        first.Pause(SchedulerLeaseKeeper.Interval);
        await first.Keeper.WhenHeldAsync(default);
        Assert.Equal(2, _leases.Asked.Count);
    }

    [Fact]
    public async Task Lease_HolderStops_IsTakenAtTheNextLook()
    {
        await using var first = New("first");
        await first.Keeper.WhenHeldAsync(default);
        await using var second = New("second");
        var held = second.Keeper.WhenHeldAsync(default);
        Assert.Equal("first", second.Keeper.ActiveElsewhere);

        await first.DisposeAsync();
        await second.LookAsync();

        await Await.Within(held, Limit, "the lease");
        Assert.Equal(("second", null), (_leases.Holder, second.Keeper.ActiveElsewhere));
    }

    [Fact]
    public async Task Lease_HolderRenews_StaysWithItForEver()
    {
        await using var first = New("first");
        await first.Keeper.WhenHeldAsync(default);
        first.Keeper.Start(() => throw new InvalidOperationException("It was not lost."));
        await using var second = New("second");
        var held = second.Keeper.WhenHeldAsync(default);

        for (var beat = 0; beat < 30; beat++)
        {
            _storeTime.Advance(SchedulerLeaseKeeper.Interval);
            await first.LookAsync();
            await second.LookAsync();
        }

        Assert.False(held.IsCompleted);
        Assert.Equal("first", _leases.Holder);
    }

    [Fact]
    public async Task Lease_HolderIsSilent_IsTakenWhenItHasLapsedAndNotBefore()
    {
        await using var first = New("first");
        await first.Keeper.WhenHeldAsync(default);
        await using var second = New("second");
        var held = second.Keeper.WhenHeldAsync(default);

        // The looks alone do not end a lease: it is the store's time that counts.
        for (var look = 0; look < 20; look++)
            await second.LookAsync();
        Assert.False(held.IsCompleted);

        _storeTime.Advance(SchedulerLeaseKeeper.Length);
        await second.LookAsync();

        await Await.Within(held, Limit, "the lease");
    }

    [Fact]
    public async Task Lease_StoreWasAwayLongerThanItLasts_IsItsHoldersToRenewFirst()
    {
        await using var first = New("first");
        await first.Keeper.WhenHeldAsync(default);
        await using var second = New("second");
        _leases.Away = true;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => second.Keeper.WhenHeldAsync(default));
        _storeTime.Advance(SchedulerLeaseKeeper.Length * 10);
        _leases.Away = false;
        var held = second.Keeper.WhenHeldAsync(default);

        for (var look = 0; look < 4; look++)
            await second.LookAsync();

        Assert.False(held.IsCompleted);
        Assert.Equal("first", _leases.Holder);
    }

    [Fact]
    public async Task Lease_CannotBeRenewed_IsKnownUntilItCan()
    {
        await using var first = New("first");
        await first.Keeper.WhenHeldAsync(default);
        first.Keeper.Start(() => throw new InvalidOperationException("It was not lost."));

        _leases.Away = true;
        await first.LookAsync();
        await Await.Until(() => first.Keeper.CannotWrite, Limit, "the failure to be known");

        _leases.Away = false;
        await first.LookAsync();
        await Await.Until(() => !first.Keeper.CannotWrite, Limit, "the renewal to be known");
        Assert.Null(first.Keeper.ActiveElsewhere);
    }

    [Fact]
    public async Task Lease_LostWhileItsHolderWasPaused_IsTold()
    {
        var lost = new List<string>();
        await using var first = New("first");
        await first.Keeper.WhenHeldAsync(default);
        first.Keeper.Start(() =>
        {
            lost.Add("first");
            return Task.CompletedTask;
        });
        await using var second = New("second");
        var held = second.Keeper.WhenHeldAsync(default);
        _storeTime.Advance(SchedulerLeaseKeeper.Length);
        for (var look = 0; look < 6; look++)
            await second.LookAsync();
        await Await.Within(held, Limit, "the lease");

        await first.LookAsync();
        await Await.Until(() => lost.Count > 0, Limit, "the first to hear of it");

        Assert.Equal(["first"], lost);
        Assert.Equal("second", first.Keeper.ActiveElsewhere);
    }

    [Fact]
    public async Task NoStoreOfLeases_Anybody_IsTheOneToSchedule()
    {
        await using var keeper = new SchedulerLeaseKeeper(null, "default", "only", _storeTime, NullLogger.Instance);
        keeper.Start(() => throw new InvalidOperationException("There is nothing to lose."));

        await Await.Within(keeper.WhenHeldAsync(default), Limit, "the lease");

        Assert.Null(keeper.ActiveElsewhere);
    }

    private Process New(string name) => new(name, _leases);

    /// <summary>A process with a clock of its own, so that a test says who looks when.</summary>
    private sealed class Process(string name, LeaseTable leases) : IAsyncDisposable
    {
        private readonly ManualTimeProvider _time = new();

        public SchedulerLeaseKeeper Keeper => field ??= new SchedulerLeaseKeeper(leases, "default", name, _time, NullLogger.Instance);

        /// <summary>Time passes in which it does nothing.</summary>
        public void Pause(TimeSpan length) => _time.Advance(length);

        /// <summary>Lets one interval pass for this process, and waits until it waits again.</summary>
        public async Task LookAsync()
        {
            await Await.Within(_time.WhenTimersArmedAsync(1), Limit, $"{name} to wait");
            var asked = leases.Asked.Count;
            _time.Advance(SchedulerLeaseKeeper.Interval);
            await Await.Until(() => leases.Asked.Count > asked || leases.Away, Limit, $"{name} to ask");
        }

        public ValueTask DisposeAsync() => Keeper.DisposeAsync();
    }
}

using Silo.Simulation.Checks;
using Silo.Simulation.Kernel;
using Silo.Simulation.Runs;
using Silo.Simulation.Storage;

namespace Silo.Simulation.Tests.Stores;

/// <summary>Each promise of the store that is broken is found out.</summary>
public sealed class BrokenStoreTests
{
    private const int SeedsMax = 2000;

    [Fact]
    public void Store_FenceCheckedWithoutLock_IsCaught() =>
        AssertCaught("nothing is recorded after its fence", (world, auditor) => new FenceCheckedEarlyStore(world, auditor));

    [Fact]
    public void Store_NoAttemptGuard_IsCaught() =>
        AssertCaught("an outcome is for the row's attempt", (world, auditor) => new UnguardedAttemptStore(world, auditor));

    [Fact]
    public void Store_UnguardedRunningWrite_IsCaught() =>
        // It misses both guards of the row, and which of them a seed meets first is chance.
        AssertCaught(["a terminal task changes no more", "a running mark is for the row's attempt"], (world, auditor) => new UnguardedRunningStore(world, auditor));

    [Fact]
    public void Store_RegistrationWithoutEpoch_IsCaught() =>
        AssertCaught("a scheduler writes only under the newest epoch", (world, auditor) => new RegistrationWithoutEpochStore(world, auditor));

    [Fact]
    public void Store_RetentionWithoutPredicate_IsCaught() =>
        AssertCaught("retention deletes only what ended before its limit", (world, auditor) => new RetentionWithoutPredicateStore(world, auditor));

    [Fact]
    public void Store_IncarnationsGivenTwice_IsCaught() =>
        AssertCaught("an incarnation begins once", (world, auditor) => new IncarnationsGivenTwiceStore(world, auditor));

    private static void AssertCaught(string invariant, Func<SimWorld, StoreAuditor, SimStore> newStore) => AssertCaught([invariant], newStore);

    private static void AssertCaught(string[] invariants, Func<SimWorld, StoreAuditor, SimStore> newStore)
    {
        var caught = SeedHunt.FirstViolation(1, SeedsMax, seed => new SeedRun(seed, newStore: newStore));
        Assert.True(caught is not null, $"{SeedsMax} seeds passed with a store that breaks '{string.Join("' or '", invariants)}': the workload no longer leads there.");
        Assert.True(Array.Exists(invariants, invariant => caught.StartsWith(invariant, StringComparison.Ordinal)), caught);
    }
}

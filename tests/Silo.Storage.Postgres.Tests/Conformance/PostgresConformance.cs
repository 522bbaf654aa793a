using Silo.Conformance.Storage;

// The suite is in Silo.Conformance; here every part of it gets its store, which takes one line each and so one file for all.
namespace Silo.Storage.Postgres.Tests.Conformance;

public sealed class PostgresInsertingTests : InsertingTests
{
    protected override Task<IStoreHarness> CreateStoreAsync() => PostgresHarness.CreateAsync();
}

public sealed class PostgresIdempotencyTests : IdempotencyTests
{
    protected override Task<IStoreHarness> CreateStoreAsync() => PostgresHarness.CreateAsync();
}

public sealed class PostgresRecordingTests : RecordingTests
{
    protected override Task<IStoreHarness> CreateStoreAsync() => PostgresHarness.CreateAsync();
}

public sealed class PostgresRetryTests : RetryTests
{
    protected override Task<IStoreHarness> CreateStoreAsync() => PostgresHarness.CreateAsync();
}

public sealed class PostgresRunningMarkTests : RunningMarkTests
{
    protected override Task<IStoreHarness> CreateStoreAsync() => PostgresHarness.CreateAsync();
}

public sealed class PostgresRegisteringTests : RegisteringTests
{
    protected override Task<IStoreHarness> CreateStoreAsync() => PostgresHarness.CreateAsync();
}

public sealed class PostgresReleaseRunningTests : ReleaseRunningTests
{
    protected override Task<IStoreHarness> CreateStoreAsync() => PostgresHarness.CreateAsync();
}

public sealed class PostgresCancelTests : CancelTests
{
    protected override Task<IStoreHarness> CreateStoreAsync() => PostgresHarness.CreateAsync();
}

public sealed class PostgresListingTests : ListingTests
{
    protected override Task<IStoreHarness> CreateStoreAsync() => PostgresHarness.CreateAsync();
}

public sealed class PostgresCounterTests : CounterTests
{
    protected override Task<IStoreHarness> CreateStoreAsync() => PostgresHarness.CreateAsync();
}

public sealed class PostgresRetentionTests : RetentionTests
{
    protected override Task<IStoreHarness> CreateStoreAsync() => PostgresHarness.CreateAsync();
}

public sealed class PostgresReadyReadTests : ReadyReadTests
{
    protected override Task<IStoreHarness> CreateStoreAsync() => PostgresHarness.CreateAsync();
}

public sealed class PostgresQueueSettingsTests : QueueSettingsTests
{
    protected override Task<IStoreHarness> CreateStoreAsync() => PostgresHarness.CreateAsync();
}

public sealed class PostgresRandomizedTests : RandomizedTests
{
    protected override Task<IStoreHarness> CreateStoreAsync() => PostgresHarness.CreateAsync();
}

public sealed class PostgresForgettingTests : ForgettingTests
{
    protected override Task<IStoreHarness> CreateStoreAsync() => PostgresHarness.CreateAsync();
}

public sealed class PostgresActorStateTests : ActorStateTests
{
    protected override async Task<IActorStateHarness> CreateStatesAsync() => await PostgresHarness.CreateAsync();
}

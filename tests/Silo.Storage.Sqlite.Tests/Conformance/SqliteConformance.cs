using Silo.Conformance.Storage;

// The suite is in Silo.Conformance; here every part of it gets its store, which takes one line each and so one file for all.
namespace Silo.Storage.Sqlite.Tests.Conformance;

public sealed class SqliteInsertingTests : InsertingTests
{
    protected override Task<IStoreHarness> CreateStoreAsync() => Task.FromResult<IStoreHarness>(new SqliteHarness());
}

public sealed class SqliteIdempotencyTests : IdempotencyTests
{
    protected override Task<IStoreHarness> CreateStoreAsync() => Task.FromResult<IStoreHarness>(new SqliteHarness());
}

public sealed class SqliteRecordingTests : RecordingTests
{
    protected override Task<IStoreHarness> CreateStoreAsync() => Task.FromResult<IStoreHarness>(new SqliteHarness());
}

public sealed class SqliteRetryTests : RetryTests
{
    protected override Task<IStoreHarness> CreateStoreAsync() => Task.FromResult<IStoreHarness>(new SqliteHarness());
}

public sealed class SqliteRunningMarkTests : RunningMarkTests
{
    protected override Task<IStoreHarness> CreateStoreAsync() => Task.FromResult<IStoreHarness>(new SqliteHarness());
}

public sealed class SqliteRegisteringTests : RegisteringTests
{
    protected override Task<IStoreHarness> CreateStoreAsync() => Task.FromResult<IStoreHarness>(new SqliteHarness());
}

public sealed class SqliteReleaseRunningTests : ReleaseRunningTests
{
    protected override Task<IStoreHarness> CreateStoreAsync() => Task.FromResult<IStoreHarness>(new SqliteHarness());
}

public sealed class SqliteCancelTests : CancelTests
{
    protected override Task<IStoreHarness> CreateStoreAsync() => Task.FromResult<IStoreHarness>(new SqliteHarness());
}

public sealed class SqliteListingTests : ListingTests
{
    protected override Task<IStoreHarness> CreateStoreAsync() => Task.FromResult<IStoreHarness>(new SqliteHarness());
}

public sealed class SqliteCounterTests : CounterTests
{
    protected override Task<IStoreHarness> CreateStoreAsync() => Task.FromResult<IStoreHarness>(new SqliteHarness());
}

public sealed class SqliteRetentionTests : RetentionTests
{
    protected override Task<IStoreHarness> CreateStoreAsync() => Task.FromResult<IStoreHarness>(new SqliteHarness());
}

public sealed class SqliteReadyReadTests : ReadyReadTests
{
    protected override Task<IStoreHarness> CreateStoreAsync() => Task.FromResult<IStoreHarness>(new SqliteHarness());
}

public sealed class SqliteQueueSettingsTests : QueueSettingsTests
{
    protected override Task<IStoreHarness> CreateStoreAsync() => Task.FromResult<IStoreHarness>(new SqliteHarness());
}

public sealed class SqliteRandomizedTests : RandomizedTests
{
    protected override Task<IStoreHarness> CreateStoreAsync() => Task.FromResult<IStoreHarness>(new SqliteHarness());
}

public sealed class SqliteForgettingTests : ForgettingTests
{
    protected override Task<IStoreHarness> CreateStoreAsync() => Task.FromResult<IStoreHarness>(new SqliteHarness());
}

public sealed class SqliteActorStateTests : ActorStateTests
{
    protected override Task<IActorStateHarness> CreateStatesAsync() => Task.FromResult<IActorStateHarness>(new SqliteHarness());
}

using System.Text;
using Orleans.Storage;
using Silo.Cluster.States;
using Silo.Conformance.Storage;
using Silo.Core.Storage;

namespace Silo.Cluster.Tests.States;

public sealed class GrainStatesConformanceTests : ActorStateTests
{
    protected override async Task<IActorStateHarness> CreateStatesAsync() => await StateHost.StartAsync();
}

/// <summary>What is particular to Orleans' grain storage over Silo's tables.</summary>
public sealed class GrainStatesTests : IAsyncLifetime
{
    private static readonly ActorStateKey Key = new("scheduler", "default");

    private StateHost? _host;

    private StateHost Host => _host ?? throw new InvalidOperationException("The silo is started before each test.");

    public async ValueTask InitializeAsync() => _host = await StateHost.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("'not json'::bytea")]
    [InlineData("'null'::bytea")]
    [InlineData("'{}'::bytea")]
    [InlineData("'[1]'::bytea")]
    [InlineData("NULL")]
    public async Task Read_OfWhatIsSpoilt_IsNullAndCanBeWrittenOver(string spoilt)
    {
        await WriteAsync("1");
        await Host.Database.ExecuteAsync($"UPDATE silo.actor_states SET json = {spoilt}");

        Assert.Null(await Host.States.ReadAsync(Key, CancellationToken.None));
        await WriteAsync("2");

        Assert.Equal("2", await ReadAsync());
    }

    [Fact]
    public async Task Write_IsOfTheServiceAndTheActor()
    {
        await WriteAsync("1");
        await WriteAsync("2");

        Assert.Equal("states scheduler default 2 {\"value\":2}", await Host.Database.ReadAsync<string>(
            "SELECT concat_ws(' ', service, kind, key, version, convert_from(json, 'UTF8')) FROM silo.actor_states"));
    }

    [Fact]
    public async Task Clear_TakesTheRowAway()
    {
        await WriteAsync("1");
        var state = await ReadStateAsync();

        await Host.Storage.ClearStateAsync(Key.Kind, GrainId.Create(Key.Kind, Key.Key), state);

        Assert.Equal((false, 0L), (state.RecordExists, await Host.Database.ReadAsync<long>("SELECT count(*) FROM silo.actor_states")));
    }

    [Fact]
    public async Task Storage_OfAVersionThatAnotherHasReplaced_NeitherWritesNorClears()
    {
        await WriteAsync("1");
        var old = await ReadStateAsync();
        await WriteAsync("2");

        await Assert.ThrowsAsync<InconsistentStateException>(() => Host.Storage.WriteStateAsync(Key.Kind, GrainId.Create(Key.Kind, Key.Key), old));
        await Assert.ThrowsAsync<InconsistentStateException>(() => Host.Storage.ClearStateAsync(Key.Kind, GrainId.Create(Key.Kind, Key.Key), old));

        Assert.Equal("2", await ReadAsync());
    }

    [Fact]
    public async Task WhileTheTablesAreGone_ItSaysThatTheStorageIsAway()
    {
        await Host.Database.ExecuteAsync("ALTER TABLE silo.actor_states RENAME TO elsewhere");

        await Assert.ThrowsAsync<StoreUnavailableException>(ReadAsync);
        await Assert.ThrowsAsync<StoreUnknownException>(() => WriteAsync("1"));
    }

    private async Task<GrainState<StoredState>> ReadStateAsync()
    {
        var state = new GrainState<StoredState>(new StoredState());
        await Host.Storage.ReadStateAsync(Key.Kind, GrainId.Create(Key.Kind, Key.Key), state);
        return state;
    }

    private Task WriteAsync(string json) => Host.States.WriteAsync(Key, Encoding.UTF8.GetBytes(json), CancellationToken.None);

    private async Task<string?> ReadAsync() => await Host.States.ReadAsync(Key, CancellationToken.None) is { } json ? Encoding.UTF8.GetString(json.Span) : null;
}

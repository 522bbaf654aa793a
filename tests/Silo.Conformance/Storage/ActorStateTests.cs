using System.Text;
using System.Text.Json;
using Silo.Core.Storage;

namespace Silo.Conformance.Storage;

/// <summary>What actors keep although it may be lost: wherever it is kept, it comes back as it was written.</summary>
public abstract class ActorStateTests : IAsyncLifetime
{
    private static readonly ActorStateKey Key = new("scheduler", "default");

    private IActorStateHarness? _harness;

    private static CancellationToken Never => CancellationToken.None;

    private IActorStateHarness Harness => _harness ?? throw new InvalidOperationException("The store is created before each test.");

    private IActorStateStore States => Harness.States;

    public async ValueTask InitializeAsync() => _harness = await CreateStatesAsync();

    public async ValueTask DisposeAsync()
    {
        if (_harness is not null)
        {
            await _harness.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Read_OfWhatWasNeverWritten_IsNull() => Assert.Null(await ReadAsync(Key));

    [Fact]
    public async Task Write_OverAnother_IsReadBackAfterACrash()
    {
        await WriteAsync(Key, """{"seconds":{"echo":0.5}}""");
        const string last = """{"seconds":{"echo":0.25,"größer":1e-7}}""";
        await WriteAsync(Key, last);

        await Harness.CrashAndReopenAsync();

        // The same JSON, if not the same letters.
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(last), JsonElement.Parse((await ReadAsync(Key))!)), await ReadAsync(Key));
    }

    [Fact]
    public async Task Write_AfterACrash_GoesOverWhatWasThere()
    {
        await WriteAsync(Key, "1");
        await Harness.CrashAndReopenAsync();

        await WriteAsync(Key, "2");

        Assert.Equal("2", await ReadAsync(Key));
    }

    [Fact]
    public async Task Write_OfOneKey_LeavesTheOthers()
    {
        // Some of them look like numbers to those who want to see numbers.
        ActorStateKey[] keys =
        [
            Key, Key with { Kind = "node" }, Key with { Key = "Default" }, Key with { Key = "12" }, Key with { Key = "abc" }, Key with { Key = "0" }, Key with { Key = "größer/a b" },
            Key with { Key = "c0ffee00-0000-0000-0000-000000000001" }, Key with { Key = "c0ffee00-0000-0000-0000-000000000002" },
        ];
        foreach (var (index, key) in keys.Index())
        {
            await WriteAsync(key, $"{index}");
        }

        foreach (var (index, key) in keys.Index())
        {
            Assert.Equal($"{index}", await ReadAsync(key));
        }
    }

    [Fact]
    public async Task Write_ByManyAtOnce_LeavesOneOfThem()
    {
        var values = Enumerable.Range(0, 4).Select(static value => $"{value}").ToList();

        await Task.WhenAll(values.Select(value => WriteAsync(Key, value)));

        Assert.Contains(await ReadAsync(Key), values);
    }

    [Fact]
    public async Task Write_OfTheLongest_IsTakenAndOneByteMoreIsNot()
    {
        var longest = $"\"{new string('x', ActorStateKey.BytesMax - 2)}\"";
        await WriteAsync(Key, longest);

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => WriteAsync(Key, longest + " "));

        Assert.Equal(longest, await ReadAsync(Key));
    }

    protected abstract Task<IActorStateHarness> CreateStatesAsync();

    private async Task WriteAsync(ActorStateKey key, string json) => await States.WriteAsync(key, Encoding.UTF8.GetBytes(json), Never);

    private async Task<string?> ReadAsync(ActorStateKey key) => await States.ReadAsync(key, Never) is { } json ? Encoding.UTF8.GetString(json.Span) : null;
}

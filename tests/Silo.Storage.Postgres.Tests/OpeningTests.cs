using Silo.Core.Storage;
using Silo.Storage.Postgres.Opening;

namespace Silo.Storage.Postgres.Tests;

public sealed class OpeningTests : PostgresStoreTests
{
    [Fact]
    public async Task Open_EmptyDatabase_HasTheNewestSchema()
    {
        Open();

        Assert.Equal(Migration.Newest, await Database.ReadAsync<int>("SELECT max(version) FROM silo.schema_versions"));
    }

    [Fact]
    public async Task Open_ManyAtOnce_ApplyEachScriptOnce()
    {
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => PostgresStore.Open(new() { ConnectionString = Database.ConnectionString }).Dispose())));

        Assert.Equal(Migration.Newest, await Database.ReadAsync<long>("SELECT count(*) FROM silo.schema_versions"));
    }

    [Fact]
    public async Task Open_NewerSchema_IsRefusedAndLeftAsItIs()
    {
        Open();
        await Database.ExecuteAsync("INSERT INTO silo.schema_versions (version) VALUES (99)");

        var refusal = Assert.Throws<StoreRefusedException>(() => Open());

        Assert.Contains("schema version 99", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(99, await Database.ReadAsync<int>("SELECT max(version) FROM silo.schema_versions"));
    }

    [Fact]
    public async Task Open_RoleThatMayUseAndNotMakeTheSchema_IsEnoughOnceItIsUpToDate()
    {
        Open();
        var role = $"reader_{Database.Name}";
        await Database.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'secret'; GRANT USAGE ON SCHEMA silo TO {role}; GRANT SELECT ON ALL TABLES IN SCHEMA silo TO {role}");

        Open(options => options.ConnectionString = Database.Server.ConnectionString(Database.Name, role, "secret"));
    }

    [Fact]
    public async Task Open_RoleThatMayNotMakeTheSchema_IsRefusedWithTheRemedy()
    {
        var role = $"nobody_{Database.Name}";
        await Database.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'secret'");

        var refusal = Assert.Throws<StoreRefusedException>(() => Open(options => options.ConnectionString = Database.Server.ConnectionString(Database.Name, role, "secret")));

        Assert.Contains($"'{role}' lacks rights", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("GRANT CREATE", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_UnknownUser_NamesTheSettingAndNotThePassword()
    {
        var refusal = Assert.Throws<StoreRefusedException>(() => Open(options =>
        {
            options.ConnectionString = Database.Server.ConnectionString(Database.Name, "stranger", "hidden-word");
            options.ConnectionSetting = "--connection";
        }));

        Assert.Contains("'stranger'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("--connection", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden-word", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_UnknownDatabase_IsRefused()
    {
        var refusal = Assert.Throws<StoreRefusedException>(() => Open(options => options.ConnectionString = Database.Server.ConnectionString("absent")));

        Assert.Contains("'absent'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("createdb", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NoServer_IsUnavailable()
    {
        // Port 1 is reserved and nobody listens there.
        var failure = Assert.Throws<StoreUnavailableException>(() => Open(options => options.ConnectionString = "Host=127.0.0.1;Port=1;Username=silo;Database=silo"));

        Assert.Contains("No server answers", failure.Message, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1:1", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_ServerTooOld_SaysWhichIsNeededAndWhereToNameAnother()
    {
        using var database = new Database(new PostgresStoreOptions { ConnectionString = Database.ConnectionString, ConnectionSetting = "--connection" });
        database.CheckVersion(new Version(15, 0));

        var refusal = Assert.Throws<StoreRefusedException>(() => database.CheckVersion(new Version(14, 5)));

        Assert.Contains("14.5; 15 or newer", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("--connection", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host=localhost;Colour=blue", "Colour")]
    [InlineData("", "ConnectionString is empty")]
    public void Open_UnreadableConnectionString_SaysWhat(string text, string expected)
    {
        var failure = Assert.Throws<ArgumentException>(() => Open(options => options.ConnectionString = text));

        Assert.Contains(expected, failure.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Open_SeveralBadOptions_NamesThemAll()
    {
        var failure = Assert.Throws<ArgumentException>(() => Open(options => (options.InsertConnections, options.FoldEvery, options.ConnectionsMax) = (0, TimeSpan.Zero, 1)));

        Assert.Contains(nameof(PostgresStoreOptions.InsertConnections), failure.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(PostgresStoreOptions.FoldEvery), failure.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(PostgresStoreOptions.ConnectionsMax), failure.Message, StringComparison.Ordinal);
    }
}

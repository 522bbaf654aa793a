using System.Globalization;
using Npgsql;
using Silo.Testing;

namespace Silo.Storage.Postgres.Tests;

/// <summary>Which silos become members, and which clients are told of them, by the statements that Orleans looks up.</summary>
public sealed class ClusterMembersTests : PostgresStoreTests
{
    private const int Active = 3;
    private const int Dead = 6;

    [Fact]
    public async Task Join_OfTheSameFormat_IsAMember()
    {
        await OpenClusterAsync();

        Assert.True(await JoinAsync("silo-0", version: 0, format: 1));
        Assert.True(await JoinAsync("silo-1", version: 1, format: 1));

        Assert.Equal("silo-0 1, silo-1 1", await MembersAsync());
    }

    [Fact]
    public async Task Join_OfAnotherFormat_IsRefusedAndLeavesNoTrace()
    {
        await OpenClusterAsync();
        await JoinAsync("silo-0", version: 0, format: 1);

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => JoinAsync("silo-1", version: 1, format: 2));

        Assert.Equal(("SI001", "silo 'silo-0' of cluster 'c' speaks message format 1, this one format 2"), (refusal.SqlState, refusal.MessageText));
        Assert.Equal("silo-0 1", await MembersAsync());
        Assert.Equal(1, await Database.ReadAsync<int>("SELECT version FROM silo.clusters"));
    }

    [Fact]
    public async Task Join_OfAnotherFormatAtTheSameTime_SeesTheOneWhenItTriesAgain()
    {
        await OpenClusterAsync();
        var first = await BeginAsync($"SET LOCAL silo.message_format = 1; {JoinSql("silo-0", version: 0)}");

        var second = JoinAsync("silo-1", version: 0, format: 2);
        await WaitingForLockAsync("transactionid");
        await EndAsync(first);

        Assert.False(await Await.Within(second, Limit, "the second silo"));
        await Assert.ThrowsAsync<PostgresException>(() => JoinAsync("silo-1", version: 1, format: 2));
        Assert.Equal("silo-0 1", await MembersAsync());
    }

    [Theory]
    [InlineData("status = 6")]
    [InlineData("alive_at = now() - interval '1 minute'")]
    [InlineData("alive_at = now() + interval '1 hour'")]
    [InlineData("cluster_id = 'other'")]
    public async Task Join_WhereTheOthersAreNoLivingMembers_IsAMember(string change)
    {
        await OpenClusterAsync();
        await JoinAsync("silo-0", version: 0, format: 1);
        await Database.ExecuteAsync($"INSERT INTO silo.clusters (cluster_id) VALUES ('other'); UPDATE silo.cluster_members SET {change}");

        Assert.True(await JoinAsync("silo-1", version: 1, format: 2));
    }

    [Fact]
    public async Task Gateways_AreToldToClientsOfTheirFormat()
    {
        await OpenClusterAsync();
        await JoinAsync("silo-0", version: 0, format: 2);

        Assert.Equal(["10.0.0.1"], await GatewaysAsync(format: 2));
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => GatewaysAsync(format: 1));

        Assert.StartsWith("cluster 'c' speaks message format 2, this client format 1", refusal.MessageText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gateways_OfAClusterThatHasNoSilo_AreNone()
    {
        await OpenClusterAsync();
        await JoinAsync("silo-0", version: 0, format: 2);
        await Database.ExecuteAsync($"UPDATE silo.cluster_members SET status = {Dead}");

        Assert.Empty(await GatewaysAsync(format: 1));
    }

    [Fact]
    public async Task Gateways_AreToldToARoleThatMayOnlyReadTheTwoTables()
    {
        await OpenClusterAsync();
        await JoinAsync("silo-0", version: 0, format: 1);
        var role = $"client_{Database.Name}";
        await Database.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'secret'; GRANT USAGE ON SCHEMA silo TO {role}; GRANT SELECT ON silo.orleansquery, silo.cluster_members TO {role}");

        Assert.Equal(["10.0.0.1"], await GatewaysAsync(format: 1, Database.Server.ConnectionString(Database.Name, role, "secret")));
    }

    private async Task OpenClusterAsync()
    {
        Open();
        await Database.ExecuteAsync("SELECT silo.cluster_open('c')");
    }

    private static string JoinSql(string name, int version) => string.Create(CultureInfo.InvariantCulture, $"""
        SELECT silo.cluster_join('c', {version}, ROW('c', '10.0.0.1', {version}, 1, '{name}', 'host', {Active}, 30000, NULL, now(), now(), silo.own_message_format())::silo.cluster_members)
        """);

    private async Task<bool> JoinAsync(string name, int version, int format) => (await ReadAsync<bool>(JoinSql(name, version), format))[0];

    private Task<List<string>> GatewaysAsync(int format, string? connection = null) => ReadAsync<string>($"SELECT address FROM silo.cluster_gateways('c', {Active})", format, connection);

    private Task<string> MembersAsync() => Database.ReadAsync<string>("SELECT string_agg(name || ' ' || message_format, ', ' ORDER BY name) FROM silo.cluster_members");

    /// <summary>The first column, as a program reads it that speaks this format.</summary>
    private async Task<List<T>> ReadAsync<T>(string sql, int format, string? connectionString = null)
    {
        await using var connection = new NpgsqlConnection($"{connectionString ?? Database.ConnectionString};Pooling=false;Options=-c silo.message_format={format}");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var rows = await command.ExecuteReaderAsync();
        List<T> values = [];
        while (await rows.ReadAsync())
        {
            values.Add(rows.GetFieldValue<T>(0));
        }

        return values;
    }
}

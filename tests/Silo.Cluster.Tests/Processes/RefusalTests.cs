using Npgsql;
using Silo.Cli.Invocation;
using Silo.Cluster.Client;

namespace Silo.Cluster.Tests.Processes;

/// <summary>Silos that must not join: each says which setting is wrong, ends, and leaves no trace in the cluster.</summary>
public sealed class RefusalTests
{
    [Fact]
    public async Task Serve_WhereTheTablesOfTheMembershipAreMissing_NamesThemAndTheConnection()
    {
        await using var cluster = await ServerCluster.StartAsync(1, "silo-0");
        await cluster.Servers["silo-0"].TerminateAsync();
        await ExecuteAsync(cluster, "DROP TABLE silo.cluster_members CASCADE");

        var (exitCode, words) = await cluster.RefusedAsync("silo-1", [.. cluster.Joining()]);

        Assert.Equal((int)ExitCode.Failed, exitCode);
        Assert.Contains("silo.cluster_members", words, StringComparison.Ordinal);
        Assert.Contains("--connection", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_OverADatabaseOfANewerSilo_SaysWhichVersionItIs()
    {
        await using var cluster = await ServerCluster.StartAsync(1, "silo-0");
        await ExecuteAsync(cluster, "INSERT INTO silo.schema_versions (version) VALUES (999)");

        var (exitCode, words) = await cluster.RefusedAsync("silo-1", [.. cluster.Joining()]);

        Assert.Equal((int)ExitCode.Failed, exitCode);
        Assert.Contains("schema version 999", words, StringComparison.Ordinal);
        await AssertOnlyMemberAsync(cluster, "silo-0");
    }

    [Fact]
    public async Task Serve_UnderTheNameOfALivingSilo_NamesTheOtherAndTheSetting()
    {
        await using var cluster = await ServerCluster.StartAsync(1, "silo-0");

        var (exitCode, words) = await cluster.RefusedAsync("silo-0", [.. cluster.Joining()]);

        Assert.Equal((int)ExitCode.Failed, exitCode);
        Assert.Contains($"127.0.0.1:{cluster.Servers["silo-0"].Ports.Silo}", words, StringComparison.Ordinal);
        Assert.Contains("--silo-name", words, StringComparison.Ordinal);
        await AssertOnlyMemberAsync(cluster, "silo-0");
    }

    [Fact]
    public async Task Serve_WhereSilosSpeakAnotherFormat_NamesBothAndTheSetting()
    {
        await using var cluster = await ServerCluster.StartAsync(1, "silo-0");
        await ExecuteAsync(cluster, "UPDATE silo.cluster_members SET message_format = 999");

        var (exitCode, words) = await cluster.RefusedAsync("silo-1", [.. cluster.Joining()]);

        Assert.Equal((int)ExitCode.Failed, exitCode);
        Assert.Contains($"127.0.0.1:{cluster.Servers["silo-0"].Ports.Silo} of cluster '{cluster.ClusterId}' speaks message format 999, this one format {MessageFormat.Current}", words, StringComparison.Ordinal);
        Assert.Contains("--cluster-id", words, StringComparison.Ordinal);
        await AssertOnlyMemberAsync(cluster, "silo-0");
    }

    [Fact]
    public async Task Serve_WhereSilosOfAnotherFormatHaveEnded_Joins()
    {
        await using var cluster = await ServerCluster.StartAsync(1, "silo-0");
        await ExecuteAsync(cluster, "UPDATE silo.cluster_members SET message_format = 999");
        cluster.Servers["silo-0"].Kill();

        await cluster.AddAsync("silo-1", 1);

        await cluster.UntilNodesAsync("silo-1");
    }

    [Fact]
    public async Task OrleansClient_WhereSilosSpeakAnotherFormat_IsToldBoth()
    {
        await using var cluster = await ServerCluster.StartAsync(1, "silo-0");
        await ExecuteAsync(cluster, "UPDATE silo.cluster_members SET message_format = 999");

        var refusal = await Assert.ThrowsAsync<PostgresException>(cluster.OrleansClientAsync);

        Assert.Equal(MessageFormat.RefusedState, refusal.SqlState);
        Assert.StartsWith($"cluster '{cluster.ClusterId}' speaks message format 999, this client format {MessageFormat.Current}", refusal.MessageText, StringComparison.Ordinal);
    }

    private static async Task AssertOnlyMemberAsync(ServerCluster cluster, string name) =>
        Assert.Equal((1L, name), (await ExecuteAsync(cluster, "SELECT count(*) FROM silo.cluster_members"), await ExecuteAsync(cluster, "SELECT name FROM silo.cluster_members")));

    private static async Task<object?> ExecuteAsync(ServerCluster cluster, string sql)
    {
        await using var connection = new NpgsqlConnection(cluster.Database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}

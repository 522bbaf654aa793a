using Npgsql;
using Silo.Testing;
using Silo.Testing.Postgres;

namespace Silo.Repository.Tests.Testing;

public sealed class PostgresServerTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task SharedServer_TwoDatabases_AreApartAndDurable()
    {
        var server = await PostgresServer.SharedAsync();
        await using var first = await server.CreateDatabaseAsync();
        await using var second = await server.CreateDatabaseAsync();

        await first.ExecuteAsync("create table here (id int)");

        Assert.NotEqual(first.Name, second.Name);
        Assert.True(await second.ReadAsync<bool>("select to_regclass('here') is null"));
        Assert.Equal(["on", "on", "on"], await Task.WhenAll(new[] { "fsync", "synchronous_commit", "full_page_writes" }.Select(name => first.ReadAsync<string>($"show {name}"))));
    }

    [Fact]
    public async Task KilledServer_Resumed_HasWhatWasCommittedOnTheSamePort()
    {
        await using var server = await PostgresServer.StartAsync("work_mem=7MB");
        await using var database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync("create table kept as select 42 as value");

        await server.KillAsync();
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => database.ReadAsync<int>("select value from kept"));
        await server.ResumeAsync();
        Assert.Equal(42, await database.ReadAsync<int>("select value from kept"));

        await server.RestartImmediatelyAsync();
        Assert.Equal(42, await database.ReadAsync<int>("select value from kept"));
        Assert.Equal("7MB", await database.ReadAsync<string>("show work_mem"));
    }

    [Fact]
    public async Task DisposedServer_ItsFolder_IsGone()
    {
        var server = await PostgresServer.StartAsync();
        Assert.True(Directory.Exists(Path.GetDirectoryName(server.DataFolder)));

        await server.DisposeAsync();

        await Await.Until(() => !Directory.Exists(Path.GetDirectoryName(server.DataFolder)), Limit, "the server's folder to be removed");
    }
}

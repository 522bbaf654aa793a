using System.Net;
using System.Net.Http.Json;
using Silo.Contracts.Json;
using Silo.Contracts.Tasks;
using Silo.Testing;
using Silo.Testing.Postgres;

namespace Silo.Cli.Tests.Serving;

/// <summary>The database fails under a running server: submits are refused and never falsely acknowledged, and the server recovers by itself.</summary>
public sealed class PostgresOutageTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Postgres_Stopped_SubmitsAreRefusedUntilItIsBack()
    {
        await using var postgres = await PostgresServer.StartAsync();
        await RunAsync(postgres, fail: postgres.StopAsync, heal: postgres.ResumeAsync);
    }

    [Fact]
    public async Task Postgres_TurnsReadOnly_SubmitsAreRefusedUntilItTakesWrites()
    {
        await using var postgres = await PostgresServer.StartAsync();
        await RunAsync(
            postgres,
            fail: () => SetAsync(postgres, "set default_transaction_read_only = on"),
            heal: () => SetAsync(postgres, "reset default_transaction_read_only"));
    }

    [Fact]
    public async Task Postgres_DiskIsFull_SubmitsAreRefusedUntilThereIsRoom()
    {
        await using var postgres = await PostgresServer.StartAsync();
        await RunAsync(
            postgres,
            fail: () => postgres.ExecuteAsync("""
                create function full_disk() returns trigger language plpgsql as $$ begin raise exception 'could not extend file' using errcode = 'disk_full'; end $$;
                create trigger full_disk before insert on silo.tasks for each statement execute function full_disk();
                """),
            heal: () => postgres.ExecuteAsync("drop function full_disk() cascade"),
            // Where some of the disk is left, small writes still succeed, and what is there can be worked off.
            unready: false);
    }

    private async Task RunAsync(PostgresServer postgres, Func<Task> fail, Func<Task> heal, bool unready = true)
    {
        await using var server = await RunningServer.StartAsync(_folder, "--store", "postgres", "--connection", postgres.Url("postgres"), "--slots", "2");
        using var http = new HttpClient { BaseAddress = new Uri(server.Address) };
        await Await.Until(() => IsReadyAsync(http), Limit, "the server to be ready");
        await EchoAsync(server);

        await fail();
        using (var refused = await http.PostAsJsonAsync("/api/v1/tasks", new { type = "echo", payload = 1, idempotencyKey = "once" }))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.NotNull(refused.Headers.RetryAfter?.Delta);
        }

        if (unready)
        {
            await Await.Until(async () => !await IsReadyAsync(http), Limit, "the server to say that it is not ready");
        }

        await heal();
        await Await.Until(() => IsReadyAsync(http), Limit, "the server to be ready again");
        await EchoAsync(server);

        // Whatever runs beside the API has come through it too, or the end would not be in order.
        server.Process.Terminate();
        Assert.Equal(0, await Await.Within(server.Process.WaitForExitAsync(default), Limit, "the server to stop in order"));
    }

    private static async Task EchoAsync(RunningServer server)
    {
        var answer = await server.Client.SubmitAsync(new SubmitTaskRequest { Type = "echo", Payload = RawJson.Parse("1") });
        Assert.Equal("succeeded", (await server.Client.GetTaskAsync(answer.Id.ToString(), Limit)).State);
    }

    private static async Task<bool> IsReadyAsync(HttpClient http)
    {
        using var answer = await http.GetAsync(new Uri("/health/ready", UriKind.Relative));
        return answer.IsSuccessStatusCode;
    }

    private static async Task SetAsync(PostgresServer postgres, string change)
    {
        // A statement of its own each: the first may not run inside a transaction. Only this one may write in spite of the setting that it takes back.
        await postgres.ExecuteAsync($"alter system {change}");
        await postgres.ExecuteAsync("select pg_reload_conf()");
    }
}

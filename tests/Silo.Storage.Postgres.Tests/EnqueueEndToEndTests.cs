using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Silo.Core.Engine;
using Silo.Core.Scheduling;
using Silo.Core.Tasks;
using Silo.Core.Workers;
using Silo.Embedded;
using Silo.Handlers;
using Silo.Testing;

namespace Silo.Storage.Postgres.Tests;

/// <summary>From SQL to a handler: the whole of Silo in this process, over a real server.</summary>
public sealed class EnqueueEndToEndTests : PostgresStoreTests
{
    private IHost? _host;

    private ISiloClient Client => _host!.Services.GetRequiredService<ISiloClient>();

    public override async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.StopAsync(Never);
            await ((IAsyncDisposable)_host).DisposeAsync();
        }

        await base.DisposeAsync();
    }

    [Fact]
    public async Task Enqueued_InSql_IsRunAndRecorded()
    {
        await StartAsync();
        var ids = new List<TaskId>();
        for (var index = 0; index < 20; index++)
        {
            ids.Add(new TaskId(await Database.ReadAsync<Guid>("""SELECT silo.enqueue('echo', '{"text": "from SQL"}')""")));
        }

        foreach (var id in ids)
        {
            Assert.Equal(StoredState.Succeeded, await EndOfAsync(id));
        }
    }

    [Fact]
    public async Task Cancelled_InSql_IsCancelledBeforeItIsDue()
    {
        await StartAsync();
        var id = await Database.ReadAsync<Guid>("SELECT silo.enqueue('echo', run_at => now() + interval '1 day')");

        Assert.Equal("cancelling", await Database.ReadAsync<string>($"SELECT silo.cancel('{id}')"));

        Assert.Equal(StoredState.Cancelled, await EndOfAsync(new TaskId(id)));
        Assert.Equal("settled", await Database.ReadAsync<string>($"SELECT silo.cancel('{id}')"));
    }

    [Fact]
    public async Task TakenIn_ByAServerThatCrashedThen_IsRunByTheNextWithoutASweep()
    {
        await using (var crashed = PostgresStore.Open(new PostgresStoreOptions { ConnectionString = Database.ConnectionString }))
        {
            await Database.ExecuteAsync("SELECT silo.enqueue('echo'); SELECT silo.cancel(silo.enqueue('echo', run_at => now() + interval '1 day'))");
            await Await.Within(crashed.TakeAsync(Never), Limit, "the inbox to be read");
        }

        await StartAsync();

        foreach (var (sql, end) in new[] { ("run_at <= now()", StoredState.Succeeded), ("run_at > now()", StoredState.Cancelled) })
        {
            Assert.Equal(end, await EndOfAsync(new TaskId(await Database.ReadAsync<Guid>($"SELECT id FROM silo.tasks WHERE {sql}"))));
        }
    }

    /// <summary>Without sweeps: what they would find must have been told, or read at the start.</summary>
    private async Task StartAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddLogging();
        builder.Services.AddBuiltInHandlers(new HandlersOptions());
        builder.Services.AddSiloPostgresStore(options => options.ConnectionString = Database.ConnectionString);
        builder.Services.AddSiloEmbedded(new EmbeddedOptions
        {
            Scheduler = new SchedulerOptions { Sweep = TimeSpan.FromDays(1) },
            Worker = new WorkerOptions { Name = "n1", Slots = 2, Kind = "local" },
        });
        _host = builder.Build();
        await _host.StartAsync(Never);
    }

    private async Task<StoredState> EndOfAsync(TaskId id)
    {
        TaskStatusReply? reply = null;
        await Await.Until(
            async () =>
            {
                reply = await Client.WaitAsync(id, Limit, Never);
                return reply.Task is { State: >= StoredState.Succeeded };
            },
            Limit,
            $"task {id} to end");
        return reply!.Task!.State;
    }
}

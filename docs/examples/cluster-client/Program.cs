// A program outside a Silo cluster that submits, follows, awaits and cancels tasks as an Orleans client of it. It needs to reach the cluster's database, where it finds the silos,
// and their ports for clients (silo serve --gateway-port).
//
//   dotnet run --project docs/examples/cluster-client -- CLUSTER_ID "Host=127.0.0.1;Database=silo;Username=silo;Password=..."
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Silo.Client;
using Silo.Cluster.Client;
using Silo.Contracts.Json;
using Silo.Contracts.Tasks;

if (args is not [var clusterId, var connection])
{
    Console.Error.WriteLine("Give the cluster's id and the connection string of its database.");
    return 2;
}

var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
builder.UseOrleansClient(orleans => orleans.AddSiloCluster(new ClusterAddress(clusterId, connection)));
using var host = builder.Build();
await host.StartAsync();
var silo = host.Services.GetRequiredService<SiloClusterClient>();

// One task. Under an idempotency key it is there once, however often it is sent.
var greeting = new SubmitTaskRequest { Type = "echo", Payload = RawJson.Parse("\"hello\""), IdempotencyKey = $"greeting-{Guid.NewGuid():N}" };
var submitted = await silo.SubmitAsync(greeting);
var again = await silo.SubmitAsync(greeting);
Console.WriteLine($"submitted task {submitted.Number}; sent again it is task {again.Number}");

// Many at once: all of them are stored, or none.
var echoes = await silo.SubmitAsync([.. Enumerable.Range(1, 3).Select(number => new SubmitTaskRequest { Type = "echo", Payload = RawJson.Parse($"{number}") })]);
foreach (var echo in echoes)
{
    var end = await silo.WaitAsync(echo.Id);
    Console.WriteLine($"task {echo.Number} {end.State}: {Encoding.UTF8.GetString(end.Task!.Result.Span)}");
}

// A task that takes minutes is followed until it has told of its progress three times, and cancelled.
var nap = await silo.SubmitAsync(new SubmitTaskRequest { Type = "sleep", Payload = RawJson.Parse("""{"milliseconds":120000}""") });
var told = 0;
await foreach (var status in silo.FollowAsync(nap.Id))
{
    if (status.ProgressPercent is { } percent)
    {
        Console.WriteLine($"task {nap.Number} {status.State} on {status.Node}: {percent:0} %");
        told++;
    }

    if (told == 3)
    {
        break;
    }
}

await silo.CancelAsync(nap.Id);
Console.WriteLine($"task {nap.Number} {(await silo.WaitAsync(nap.Id)).State}");

// What is refused says what is wrong, as over HTTP.
try
{
    await silo.SubmitAsync(new SubmitTaskRequest { Type = "echoo" });
}
catch (SiloApiException refused)
{
    Console.WriteLine($"refused: {refused.Message}");
}

await host.StopAsync();
return 0;

using System.Globalization;
using System.Net;
using Silo.Cli.Processes;
using Silo.Server.Serving;
using Silo.Testing;
using Silo.Testing.Postgres;

namespace Silo.Cluster.Tests.Processes;

/// <summary>Silos that are started before what they need: they live, say why they are not ready, and join when it is there, without being started again.</summary>
public sealed class WaitingSiloTests : IDisposable
{
    private static readonly string Program = typeof(ServeCommand).Assembly.Location;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly TemporaryFolder _folder = new();
    private readonly int _port = LoopbackPorts.Free();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Serve_DatabaseIsAway_JoinsWhenItIsBack()
    {
        await using var postgres = await PostgresServer.StartAsync();
        await postgres.StopAsync();
        await using var silo = Start("--connection", postgres.Url("postgres"));
        using var http = Http();
        await UntilAnswersAsync(http, HttpStatusCode.ServiceUnavailable);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(http, "/health/live"));

        await postgres.ResumeAsync();
        await UntilAnswersAsync(http, HttpStatusCode.OK);
        silo.Terminate();

        Assert.Equal(0, await Await.Within(silo.WaitForExitAsync(default), Limit, "the silo to leave"));
        Assert.Contains("Not ready: No server answers for", Log, StringComparison.Ordinal);
        Assert.Contains("--connection", Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_AtAnAddressThatIsNotItsOwn_NamesItAndTheSettingAndDoesNotJoin()
    {
        // Nobody has it, and nothing is sent there.
        const string advertised = "255.255.255.255";
        await using var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        await using var silo = Start("--connection", database.Url, "--advertise", advertised);
        using var http = Http();
        await UntilAnswersAsync(http, HttpStatusCode.ServiceUnavailable);

        Assert.Equal(HttpStatusCode.OK, await AskAsync(http, "/health/live"));
        await Await.Until(() => Log.Contains($"{advertised}:", StringComparison.Ordinal), Limit, "the silo to say why");
        Assert.Contains("--advertise", Log, StringComparison.Ordinal);
        await database.ExecuteAsync("do $$ begin if exists (select from silo.cluster_members) then raise exception 'it joined'; end if; end $$");
    }

    [Fact]
    public async Task Serve_AtTheAddressOfAnotherSilo_IsNotTakenIn()
    {
        using var other = new System.Net.Sockets.TcpListener(IPAddress.Parse("127.0.0.1"), 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        // The port is free on every other address, and at this one somebody else answers.
        Assert.False(await JoinCheck.LeadsHereAsync(IPAddress.Parse("127.0.0.1"), new IPEndPoint(IPAddress.Parse("127.0.0.2"), port), TestContext.Current.CancellationToken));
        Assert.True(await JoinCheck.LeadsHereAsync(IPAddress.Parse("127.0.0.2"), new IPEndPoint(IPAddress.Parse("127.0.0.2"), port), TestContext.Current.CancellationToken));
    }

    private string Log
    {
        get
        {
            using var file = new StreamReader(new FileStream(_folder.Combine("silo.log"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            return file.ReadToEnd();
        }
    }

    private SiloProcess Start(params string[] options) => SiloProcess.Start(
        "silo",
        ["serve", "--silo-name", "silo-0", "--slots", "1", "--listen", $"127.0.0.1:{_port}", "--silo-port", LoopbackPorts.Free().ToString(CultureInfo.InvariantCulture), "--gateway-port", "0", .. options],
        _folder.Combine("silo.log"),
        Program);

    private HttpClient Http() => new() { BaseAddress = new Uri($"http://127.0.0.1:{_port}") };

    private static Task UntilAnswersAsync(HttpClient http, HttpStatusCode status) =>
        Await.Until(async () => await AskAsync(http, "/health/ready") == status, Limit, $"the readiness of the silo to be {status}");

    /// <returns>Null while nobody listens.</returns>
    private static async Task<HttpStatusCode?> AskAsync(HttpClient http, string path)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri(path, UriKind.Relative));
            return answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}

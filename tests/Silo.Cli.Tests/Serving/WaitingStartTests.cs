using System.Net;
using Silo.Cli.Processes;
using Silo.Client;
using Silo.Contracts.Json;
using Silo.Contracts.Tasks;
using Silo.Testing;
using Silo.Testing.Postgres;

namespace Silo.Cli.Tests.Serving;

/// <summary>Real processes that are started before what they need: they say that they are not ready, and begin when it is there, without being started again.</summary>
public sealed class WaitingStartTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private readonly TemporaryFolder _folder = new();
    private readonly int _port = LoopbackPorts.Free();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Up_DatabaseIsAway_BeginsWhenItIsBack()
    {
        await using var postgres = await PostgresServer.StartAsync();
        await postgres.StopAsync();

        await AssertBeginsAsync(postgres.ResumeAsync, "--store", "postgres", "--connection", postgres.Url("postgres"));
    }

    [Fact]
    public async Task Up_NoSuchDatabase_BeginsWhenItIsMade()
    {
        await using var postgres = await PostgresServer.StartAsync();

        await AssertBeginsAsync(() => postgres.ExecuteAsync("create database late"), "--store", "postgres", "--connection", postgres.Url("late"));
    }

    [Fact]
    public async Task Up_FileOfKeysIsAbsent_BeginsWhenItIsThere()
    {
        var file = _folder.Combine("keys");

        await AssertBeginsAsync(
            () => File.WriteAllTextAsync(file, $"all:submit,read:{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("0123456789abcdef-secret"u8))}\n"),
            "--data", _folder.Combine("data"), "--api-key-file", file);
    }

    [Fact]
    public async Task Up_ToldToStopWhileItWaits_EndsInOrder()
    {
        await using var server = Start("--store", "postgres", "--connection", "postgresql://ann@127.0.0.1:9/jobs");
        using var http = Http();
        await UntilAnswersAsync(http, HttpStatusCode.ServiceUnavailable);

        server.Terminate();

        Assert.Equal(0, await Await.Within(server.WaitForExitAsync(default), Limit, "the server to end"));
    }

    private async Task AssertBeginsAsync(Func<Task> heal, params string[] options)
    {
        await using var server = Start(options);
        using var http = Http();
        await UntilAnswersAsync(http, HttpStatusCode.ServiceUnavailable);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(http, "/health/live"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await AskAsync(http, "/api/v1/overview"));

        await heal();
        await UntilAnswersAsync(http, HttpStatusCode.OK);
        using var client = new SiloHttpClient(http.BaseAddress!, "0123456789abcdef-secret");
        var task = await client.SubmitAsync(new SubmitTaskRequest { Type = "echo", Payload = RawJson.Parse("1") });

        Assert.Equal("succeeded", (await client.GetTaskAsync(task.Id.ToString(), TimeSpan.FromSeconds(60))).State);
        Assert.False(server.HasExited);
    }

    private SiloProcess Start(params string[] options) => SiloProcess.Start("server", ["up", "--listen", $"127.0.0.1:{_port}", "--slots", "1", .. options], _folder.Combine("server.log"));

    private HttpClient Http() => new() { BaseAddress = new Uri($"http://127.0.0.1:{_port}") };

    private static Task UntilAnswersAsync(HttpClient http, HttpStatusCode status) =>
        Await.Until(async () => await AskAsync(http, "/health/ready") == status, Limit, $"the readiness of the server to be {status}");

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

using System.Security.Cryptography;
using System.Text;
using Silo.Gateway.Security;
using Silo.Testing;
using Silo.Testing.Postgres;

namespace Silo.Deploy.Tests.Containers;

public sealed class SecretsTests : IDisposable
{
    private static readonly string Script = Clone.Combine("scripts/compose-secrets.sh");
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Script_EmptyFolder_MakesSecretsThatFitEachOther()
    {
        Assert.Equal(0, (await ToolRun.RunAsync(Script, _folder.Combine("secrets"))).ExitCode);

        var keys = ApiKeyFile.Read(Path("api-keys")).ToDictionary(key => key.Name);
        Assert.Equal(Enum.GetValues<Scope>().Order(), keys["operator"].Scopes.Order());
        Assert.Equal(Scope.Worker, Assert.Single(keys["worker"].Scopes));
        Assert.Equal(Scope.Read, Assert.Single(keys["metrics"].Scopes));
        Assert.Equal(keys["metrics"].Sha256, Hash(Text("metrics-key")));
        Assert.Equal(keys["operator"].Sha256, Hash(Text("operator-key")));
        Assert.Equal(keys["worker"].Sha256, Hash(Text("worker.env").Trim()["SILO_API_KEY=".Length..]));
        Assert.Equal($"postgres:5432:silo:silo:{Text("postgres-password")}\n", Text("pgpass"));
    }

    [Fact]
    public async Task Script_SecondRun_KeepsWhatIsThere()
    {
        await ToolRun.RunAsync(Script, _folder.Combine("secrets"));
        var before = Text("api-keys") + Text("pgpass");

        Assert.Equal(0, (await ToolRun.RunAsync(Script, _folder.Combine("secrets"))).ExitCode);

        Assert.Equal(before, Text("api-keys") + Text("pgpass"));
    }

    /// <summary>The way by which containers and pods get the password.</summary>
    [Fact]
    public async Task Pgpass_WithoutThePasswordElsewhere_OpensTheDatabase()
    {
        var server = await PostgresServer.SharedAsync();
        await using var database = await server.CreateDatabaseAsync();
        var url = new Uri(database.Url);
        var (user, name) = (url.UserInfo.Split(':')[0], url.AbsolutePath.Trim('/'));
        var file = _folder.Write("pgpass", $"127.0.0.1:{server.Port}:{name}:{user}:{Uri.UnescapeDataString(url.UserInfo.Split(':')[1])}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        string[] variables = [$"PGPASSFILE={file}", "PGHOST=127.0.0.1", $"PGPORT={server.Port}", $"PGDATABASE={name}", $"PGUSER={user}"];

        var run = await ToolRun.RunAsync("env", [.. variables, "dotnet", System.IO.Path.Combine(AppContext.BaseDirectory, "Silo.Cli.dll"), "doctor", "--store", "postgres", "--listen", "127.0.0.1:0"]);

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }

    private string Path(string name) => _folder.Combine($"secrets/{name}");

    private string Text(string name) => File.ReadAllText(Path(name));

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

using System.CommandLine;
using Silo.Cli.Configuration;
using Silo.Cli.Invocation;
using Silo.Cli.Serving;
using Silo.Cli.Tests.Invocation;
using Silo.Gateway;
using Silo.Testing;

namespace Silo.Cli.Tests.Configuration;

/// <summary>Limits reach the gateway from wherever they are set.</summary>
public sealed class LimitSettingsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Limits_NothingSet_AreTheGatewaysOwn() => AssertEqual(new GatewayOptions(), Read(SettingValues.Nothing));

    [Theory]
    [InlineData("silo.yaml", """
        limits:
          body: 1MiB
          bodies: 2MiB
          payload: 64KiB
          depth: 20
          batch: 10
          backlog: 6000000000
          readers: 0
          connections: 5
          header-time: 2s
          idle-time: 3m
          body-time: 4s
          body-rate: 1KiB
          body-grace: 1500ms
        """)]
    [InlineData("silo.json", """
        {"limits": {"body": 1048576, "bodies": "2MiB", "payload": "65536", "depth": 20, "batch": 10, "backlog": "6000000000", "readers": 0, "connections": 5, "header-time": 2, "idle-time": "180s",
         "body-time": "4s", "body-rate": 1024, "body-grace": 1.5}}
        """)]
    [InlineData("silo.env", """
        SILO_LIMITS_BODY=1MiB
        SILO_LIMITS_BODIES=2MiB
        SILO_LIMITS_PAYLOAD=64KiB
        SILO_LIMITS_DEPTH=20
        SILO_LIMITS_BATCH=10
        SILO_LIMITS_BACKLOG=6000000000
        SILO_LIMITS_READERS=0
        SILO_LIMITS_CONNECTIONS=5
        SILO_LIMITS_HEADER_TIME=2s
        SILO_LIMITS_IDLE_TIME=3m
        SILO_LIMITS_BODY_TIME=4s
        SILO_LIMITS_BODY_RATE=1KiB
        SILO_LIMITS_BODY_GRACE=1500ms
        """)]
    public void Limits_InAFile_ReachTheGateway(string name, string content)
    {
        var file = _folder.Write(name, content);

        AssertEqual(Changed(), Read(SettingValues.Read(new Dictionary<string, string>(), file)));
    }

    [Fact]
    public void Limits_InTheEnvironmentAndOnTheCommandLine_ReachTheGateway()
    {
        var environment = new Dictionary<string, string> { ["SILO_LIMITS_BATCH"] = "7", ["SILO_LIMITS_READERS"] = "8" };

        var options = Read(SettingValues.Read(environment, file: null), "--limits-readers", "9");

        Assert.Equal((7, 9), (options.BatchTasksMax, options.EventReadersMax));
    }

    [Theory]
    [InlineData("limits:\n  bdy: 1MiB\n", "limits.bdy is no setting of Silo; nearest is 'limits.body'")]
    [InlineData("limits:\n  body: 1MB\n", "limits.body '1MB' must be a size such as")]
    [InlineData("limits:\n  body: 1KiB\n", "must be 65536 to 1073741824 bytes")]
    [InlineData("limits:\n  body-grace: 1s\n", "must be at least 1.1 s")]
    [InlineData("limits:\n  backlog: 0\n", "must be a whole number from 1 to 1000000000000")]
    [InlineData("limits: 5\n", "limits is no setting of Silo")]
    [InlineData("limits:\n  body: [1, 2]\n", "must be one value")]
    [InlineData("limits:\n  depth: 20\nlimits.depth: 30\n", "limits.depth is given twice")]
    public async Task Limits_WrongInAFile_AreRefusedWithTheRule(string content, string expected)
    {
        var run = await CommandRun.OfAsync("up", "--config", _folder.Write("silo.yaml", content));

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    private static GatewayOptions Changed() => new()
    {
        BodyBytesMax = 1024 * 1024,
        BodiesBytesMax = 2 * 1024 * 1024,
        PayloadBytesMax = 64 * 1024,
        JsonDepthMax = 20,
        BatchTasksMax = 10,
        BacklogMax = 6_000_000_000,
        EventReadersMax = 0,
        ConnectionsMax = 5,
        RequestHeadersTimeout = TimeSpan.FromSeconds(2),
        KeepAliveTimeout = TimeSpan.FromMinutes(3),
        BodyTimeMax = TimeSpan.FromSeconds(4),
        BodyBytesPerSecondMin = 1024,
        BodyGraceTime = TimeSpan.FromSeconds(1.5),
    };

    /// <summary>Every property but the lists, so that a limit which nobody passes on is noticed.</summary>
    private static void AssertEqual(GatewayOptions expected, GatewayOptions actual)
    {
        foreach (var property in typeof(GatewayOptions).GetProperties().Where(property => property.PropertyType.IsValueType))
            Assert.Equal((property.Name, property.GetValue(expected)), (property.Name, property.GetValue(actual)));
        Assert.Empty(actual.Problems());
    }

    private static GatewayOptions Read(SettingValues values, params string[] args)
    {
        var command = new Command("up");
        var limits = new LimitOptions(new CommandContext(new Terminal(TextWriter.Null, TextWriter.Null, isInteractive: false), values), command);
        var parsed = command.Parse(args);
        Assert.Empty(parsed.Errors);
        return limits.Read(parsed, keys: []);
    }
}

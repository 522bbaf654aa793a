using System.Text.Json;
using Silo.Cli.Invocation;
using Silo.Cli.Tests.Invocation;
using Silo.Testing;

namespace Silo.Cli.Tests.Configuration;

public sealed class ConfigurationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("silo.json", """{"$schema": "silo.schema.json", "slots": 3, "grace": "1m", /* why */ "label": {"zone": "eu", "gpu": "yes"}, "allow-http-private": ["10.0.0.0/8", "host"],}""")]
    [InlineData("silo.yaml", "slots: 3\ngrace: 1m # why\nlabel:\n  zone: eu\n  gpu: \"yes\"\nallow-http-private:\n- 10.0.0.0/8\n- host\n")]
    [InlineData("silo.yml", "{slots: 3, grace: 1m, label: {zone: eu, gpu: 'yes'}, allow-http-private: [10.0.0.0/8, host]}")]
    [InlineData("silo.env", "# why\nexport SILO_SLOTS=3\n\nSILO_GRACE=\"1m\" # why\nSILO_LABEL='zone=eu,gpu=yes'\nSILO_ALLOW_HTTP_PRIVATE=10.0.0.0/8,host\n")]
    [InlineData(".env", "SILO_SLOTS=3\r\nSILO_GRACE=1m\r\nSILO_LABEL=zone=eu,gpu=yes\r\nSILO_ALLOW_HTTP_PRIVATE=10.0.0.0/8,host\r\n")]
    public async Task File_AnyForm_SetsWhatItSays(string name, string content)
    {
        var shown = await ShowAsync(new Dictionary<string, string>(), "--config", _folder.Write(name, content));

        Assert.Equal(("3", "1m", "zone=eu,gpu=yes"), (shown["slots"].Value, shown["grace"].Value, shown["label"].Value));
        Assert.Equal("10.0.0.0/8,host", shown["allow-http-private"].Value);
        Assert.StartsWith($"{name}: ", shown["slots"].Origin, StringComparison.Ordinal);
        Assert.Equal("default", shown["tier"].Origin);
    }

    [Fact]
    public async Task Value_GivenInSeveralPlaces_CommandLineThenEnvironmentThenFileCounts()
    {
        var file = _folder.Write("silo.yaml", "slots: 3\ntier: fallback\nname: from-file\n");
        var environment = new Dictionary<string, string> { ["SILO_SLOTS"] = "4", ["SILO_TIER"] = "primary", ["SILO_CONFIG"] = file };

        var shown = await ShowAsync(environment, "--slots", "5");

        Assert.Equal(("5", "--slots"), shown["slots"]);
        Assert.Equal(("primary", "SILO_TIER"), shown["tier"]);
        Assert.Equal(("from-file", "silo.yaml: name"), shown["name"]);
    }

    [Fact]
    public async Task Verb_ServerInFile_IsTheOneItCallsUnlessTheCommandLineSaysAnother()
    {
        // Ports of this machine where nobody listens: the answer tells which of the two was called.
        var file = _folder.Write("silo.json", """{"server": "http://127.0.0.1:9"}""");

        var fromFile = await CommandRun.OfAsync("nodes", "--config", file);
        var fromOption = await CommandRun.OfAsync("nodes", "--config", file, "--server", "http://127.0.0.1:11");

        Assert.Equal((ExitCode.Unreachable, ExitCode.Unreachable), (fromFile.ExitCode, fromOption.ExitCode));
        Assert.Contains("127.0.0.1:9", fromFile.Error, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1:11", fromOption.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Problems_InEveryPlace_AreToldAtOnceAndNothingIsStarted()
    {
        var file = _folder.Write("silo.yaml", "slts: 3\nlisten: here\ntier: [primary]\nname: ~\n");
        var environment = new Dictionary<string, string> { ["SILO_SERVR"] = "http://127.0.0.1:9", ["SILO_WEIGHT"] = "heavy" };

        var run = await CommandRun.OfAsync(environment, "worker", "--config", file, "--grace", "never");

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.All(
            [
                "silo.yaml: slts is no setting of Silo; nearest is 'slots'",
                "silo.yaml: listen 'here' must be an address and a port",
                "silo.yaml: tier must be",
                "silo.yaml: name must be",
                "SILO_SERVR is no environment variable of Silo; nearest is 'SILO_SERVER'",
                "SILO_WEIGHT 'heavy' must be a whole number",
                "--grace 'never' must be a time",
            ],
            problem => Assert.Contains(problem, run.Error, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("silo.json", "[1]", "must be one object")]
    [InlineData("silo.json", "{", "is no JSON")]
    [InlineData("silo.json", """{"slots": 1, "slots": 2}""", "slots is given twice")]
    [InlineData("silo.json", """{"slots": {"a": 1}}""", "must be one value")]
    [InlineData("silo.json", """{"slots": [1]}""", "must be one value")]
    [InlineData("silo.json", """{"label": ["zone"]}""", "must have names and values")]
    [InlineData("silo.json", """{"allow-http-private": {"a": 1}}""", "must be an array")]
    [InlineData("silo.json", """{"allow-http-private": ["host", "10.0.0.0/33"]}""", "is wrong: '10.0.0.0/33' must be a range")]
    [InlineData("silo.json", """{"slots": null}""", "slots must be")]
    [InlineData("silo.json", """{"label": {"a": [1]}}""", "label must be")]
    [InlineData("silo.yaml", "- slots", "must be one mapping")]
    [InlineData("silo.yaml", "slots: 1\nslots: 2\n", "is no YAML")]
    [InlineData("silo.yaml", "slots: 'x", "is no YAML")]
    [InlineData("silo.yaml", "slots: 1\n---\nslots: 2\n", "must be one mapping")]
    [InlineData("silo.env", "SILO_SLOTS=1\nSILO_SLOTS=2\n", "SILO_SLOTS is given twice")]
    [InlineData("silo.env", "slots 3\n", "line 1 must be NAME=value")]
    [InlineData("silo.env", "SLOTS=3\n", "nearest is 'SILO_SLOTS'")]
    [InlineData("silo.toml", "slots = 3", "must be a .json, .yaml, .yml or .env file")]
    public async Task File_CannotBeRead_IsRefusedWithTheRule(string name, string content, string expected)
    {
        var run = await CommandRun.OfAsync("up", "--config", _folder.Write(name, content));

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_IsNotThere_IsRefused()
    {
        var run = await CommandRun.OfAsync("nodes", "--config", _folder.Combine("absent.yaml"));

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("cannot be read", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_LargerThanAnyConfiguration_IsRefusedUnread()
    {
        var run = await CommandRun.OfAsync("nodes", "--config", _folder.Write("silo.yaml", new string(' ', 1024 * 1024 + 1)));

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("at most 1048576", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secret_SetAnywhere_IsNeverShown()
    {
        const string secret = "0123456789abcdef-secret";
        var file = _folder.Write("silo.env", $"SILO_API_KEY={secret}\n");
        var environment = new Dictionary<string, string> { ["SILO_API_KEY"] = secret };

        CommandRun[] runs =
        [
            await CommandRun.OfAsync("config", "show", "--origin", "--config", file),
            await CommandRun.OfAsync(environment, "config", "show", "--json"),
            await CommandRun.OfAsync("config", "show", "--api-key", secret),
            await CommandRun.OfAsync(environment, "up", "--help"),
        ];

        Assert.All(runs, run =>
        {
            Assert.Equal(ExitCode.Ok, run.ExitCode);
            Assert.DoesNotContain(secret, run.Output + run.Error, StringComparison.Ordinal);
        });
        Assert.Contains("api-key\t********\tsilo.env: SILO_API_KEY", runs[0].Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Environment_VariablesOfKubernetes_AreNobodysMistake()
    {
        var environment = new Dictionary<string, string> { ["SILO_SERVICE_HOST"] = "10.0.0.1", ["SILO_PORT_7070_TCP"] = "tcp://10.0.0.1:7070" };

        Assert.Equal(ExitCode.Ok, (await CommandRun.OfAsync(environment, "config", "show")).ExitCode);
    }

    [Theory]
    [InlineData("role", "NODE_ROLE", "web")]
    [InlineData("role", "NODE_ROLE", "worker")]
    [InlineData("silo-name", "POD_NAME", "silo-0")]
    [InlineData("advertise", "POD_IP", "10.0.0.1")]
    public async Task Environment_VariablesOfOtherPrograms_AreSettingsToo(string name, string variable, string value) =>
        Assert.Equal((value, variable), (await ShowAsync(new Dictionary<string, string> { [variable] = value }))[name]);

    [Fact]
    public async Task Environment_WrongWhileHelpIsAsked_HelpIsShown() =>
        Assert.Equal(ExitCode.Ok, (await CommandRun.OfAsync(new Dictionary<string, string> { ["SILO_SLOTS"] = "many" }, "up", "--help")).ExitCode);

    private static async Task<Dictionary<string, (string? Value, string? Origin)>> ShowAsync(IReadOnlyDictionary<string, string> environment, params string[] args)
    {
        var run = await CommandRun.OfAsync(environment, ["config", "show", "--origin", "--json", .. args]);
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        return run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)).ToDictionary(
            line => line.GetProperty("name").GetString()!,
            line => (line.TryGetProperty("value", out var value) ? value.GetString() : null, line.GetProperty("origin").GetString()));
    }
}

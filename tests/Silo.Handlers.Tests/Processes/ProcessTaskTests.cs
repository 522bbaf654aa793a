using System.Text.Json;
using Silo.Core.Handlers;
using Silo.Testing;

namespace Silo.Handlers.Tests.Processes;

public sealed class ProcessTaskTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly TemporaryFolder _folder = new();
    private readonly HandlerHarness _host = Allowing("/bin/sh");

    public void Dispose()
    {
        _host.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Process_NothingAllowed_IsNotOfferedAndSaysWhichSettingWould()
    {
        using var host = new HandlerHarness();

        Assert.DoesNotContain("process", host.Catalog.Types);
        Assert.Contains(host.Unoffered, type => type.Type == "process" && type.Remedy.Contains("--allow-process PATH", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/bin/cat", "process_not_allowed", "--allow-process /bin/cat would allow it")]
    [InlineData("/bin/sh/../cat", "process_not_allowed", "--allow-process")]
    [InlineData("/no/such/program", "process_not_allowed", "--allow-process")]
    [InlineData("sh", "bad_payload", "absolute")]
    [InlineData("./sh", "bad_payload", "absolute")]
    [InlineData("", "bad_payload", "absolute")]
    public async Task File_NotAllowed_IsRefusedAtTheDoorAndInTheRun(string file, string code, string rule)
    {
        var payload = JsonSerializer.Serialize(new { file });
        var problem = _host.Check("process", payload)!;

        Assert.Equal(("payload.file", code), (problem.Field, problem.Code));
        Assert.Contains(rule, problem.Rule, StringComparison.Ordinal);
        var failure = await Assert.ThrowsAsync<TaskFailedException>(() => _host.RunAsync("process", payload));
        Assert.Equal((code, false), (failure.Code, failure.Retry));
    }

    [Fact]
    public void File_ThroughLinks_IsComparedWhereTheyLead()
    {
        File.CreateSymbolicLink(_folder.Combine("looks-like-sh"), "/bin/cat");
        File.CreateSymbolicLink(_folder.Combine("is-sh"), "/bin/sh");
        File.CreateSymbolicLink(_folder.Combine("round"), _folder.Combine("round"));

        Assert.Equal("process_not_allowed", _host.Check("process", Payload(_folder.Combine("looks-like-sh")))!.Code);
        Assert.Equal("process_not_allowed", _host.Check("process", Payload(_folder.Combine("round")))!.Code);
        Assert.Null(_host.Check("process", Payload(_folder.Combine("is-sh"))));
    }

    [Fact]
    public async Task Arguments_WithShellLetters_AreGivenAsTheyAre()
    {
        using var host = Allowing("/usr/bin/printf");
        var result = await Run(host, """{"file":"/usr/bin/printf","arguments":["%s|","$(id)","a b","; rm -rf /","*","--x"]}""");

        Assert.Equal("$(id)|a b|; rm -rf /|*|--x|", result.GetProperty("stdout").GetString());
        Assert.Equal((0, 27), (result.GetProperty("exitCode").GetInt32(), result.GetProperty("stdoutBytes").GetInt32()));
    }

    [Fact]
    public async Task Input_IsReadAndEnds_AndStreamsAreApart()
    {
        var result = await Run(_host, """{"file":"/bin/sh","arguments":["-c","cat; echo problem >&2"],"input":"ä漢\n"}""");

        Assert.Equal(("ä漢\n", "problem\n"), (result.GetProperty("stdout").GetString(), result.GetProperty("stderr").GetString()));
        Assert.Equal("", (await Run(_host, """{"file":"/bin/sh","arguments":["-c","cat"]}""")).GetProperty("stdout").GetString());
    }

    [Fact]
    public async Task Input_ThatIsNotRead_IsNoFailure()
    {
        var payload = JsonSerializer.Serialize(new { file = "/bin/sh", arguments = new[] { "-c", "exec <&-; echo done" }, input = new string('x', 500_000) });

        Assert.Equal("done\n", (await Run(_host, payload)).GetProperty("stdout").GetString());
    }

    [Fact]
    public async Task Environment_IsCleanButForWhatIsAllowed()
    {
        using var host = new HandlerHarness(configure: options =>
        {
            options.Processes.Allowed.Add("/usr/bin/env");
            options.Processes.TaskEnvironment.Add("COLOUR");
            options.Processes.InheritedEnvironment.Clear();
        });
        var result = await Run(host, """{"file":"/usr/bin/env","environment":{"COLOUR":"red"}}""");
        var names = result.GetProperty("stdout").GetString()!.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('=')[0]).Order(StringComparer.Ordinal);

        Assert.Equal(["COLOUR", "SILO_ATTEMPT", "SILO_IDEMPOTENCY_KEY", "SILO_PROCESS_MARK", "SILO_TASK_ID"], names);
        var problem = host.Check("process", """{"file":"/usr/bin/env","environment":{"LD_PRELOAD":"/tmp/x.so"}}""")!;
        Assert.Equal(("payload.environment.LD_PRELOAD", "process_not_allowed"), (problem.Field, problem.Code));
        Assert.Contains("--allow-process-env LD_PRELOAD", problem.Rule, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folder_OfItsOwn_IsEmptyAndRemovedAfterwards()
    {
        var result = await Run(_host, """{"file":"/bin/sh","arguments":["-c","ls -A; touch left; pwd"]}""");
        var folder = result.GetProperty("stdout").GetString()!.Trim();

        Assert.StartsWith(Path.GetTempPath(), folder, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public async Task Folder_OfTheTask_IsUsedAndKept()
    {
        var given = await Run(_host, JsonSerializer.Serialize(new { file = "/bin/sh", arguments = new[] { "-c", "pwd" }, workingDirectory = _folder.Path }));
        var missing = await Fail("""{"file":"/bin/sh","workingDirectory":"/no/such/folder"}""", "folder_not_found");

        Assert.Equal(_folder.Path, given.GetProperty("stdout").GetString()!.Trim());
        Assert.True(Directory.Exists(_folder.Path));
        Assert.False(missing.Retry);
    }

    [Fact]
    public async Task Output_WithoutMeasure_IsCountedAndItsEndKept()
    {
        var result = await Run(_host, """{"file":"/bin/sh","arguments":["-c","head -c 3000000 /dev/zero | tr '\\0' x; printf end"]}""");

        Assert.Equal(3_000_003, result.GetProperty("stdoutBytes").GetInt64());
        var kept = result.GetProperty("stdout").GetString()!;
        Assert.Equal(64 * 1024, kept.Length);
        Assert.EndsWith("xend", kept, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("echo one >&2; exit 3", "exit code 3: one")]
    [InlineData("kill -9 $$", "exit code 137.")]
    public async Task ExitCode_NotZero_IsAFailureThatIsRetried(string script, string text)
    {
        var failure = await Fail(JsonSerializer.Serialize(new { file = "/bin/sh", arguments = new[] { "-c", script } }), "exit_code");

        Assert.True(failure.Retry);
        Assert.EndsWith(text, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Argument_LargerThanTheSystemTakes_IsAFailureToStart()
    {
        await Fail(JsonSerializer.Serialize(new { file = "/bin/sh", arguments = new[] { "-c", new string('x', 200_000) } }), "process_not_started");
    }

    [Fact]
    public void Options_ThatCannotBeFollowed_AreRefusedTogether()
    {
        var refusal = Assert.Throws<Microsoft.Extensions.Options.OptionsValidationException>(() => new HandlerHarness(configure: options =>
        {
            options.Processes.Allowed.Add("sh");
            options.Processes.Allowed.Add("/no/such/program");
            options.Processes.TaskEnvironment.Add("A=B");
            options.Processes.OutputBytesMax = 0;
            options.Processes.StopGrace = TimeSpan.FromSeconds(-1);
        }));

        Assert.Equal(5, refusal.Failures.Count());
    }

    private static string Payload(string file) => JsonSerializer.Serialize(new { file });

    private static HandlerHarness Allowing(string program) => new(configure: options => options.Processes.Allowed.Add(program));

    private static async Task<JsonElement> Run(HandlerHarness host, string payload) =>
        JsonDocument.Parse(await Await.Within(host.RunAsync("process", payload), Limit, "the process to end")).RootElement;

    private async Task<TaskFailedException> Fail(string payload, string code)
    {
        var failure = await Assert.ThrowsAsync<TaskFailedException>(() => Run(_host, payload));
        Assert.Equal(code, failure.Code);
        return failure;
    }
}

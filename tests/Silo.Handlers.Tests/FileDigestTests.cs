using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using Silo.Core.Handlers;
using Silo.Testing;

namespace Silo.Handlers.Tests;

public sealed class FileDigestTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HandlerHarness _host;

    public FileDigestTests()
    {
        Directory.CreateDirectory(_folder.Combine("root/sub"));
        _host = new HandlerHarness(_folder.Combine("root"));
    }

    public void Dispose()
    {
        _host.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("")]
    [InlineData("one")]
    [InlineData("one\n")]
    [InlineData(" a  b\tc\vd\fe\rf\n\ng ")]
    [InlineData("\n\n\n")]
    public async Task Digest_OfAFile_SaysWhatTheSystemsToolsSay(string content)
    {
        _folder.Write("root/sub/file name.txt", content);

        await AssertLikeTools("sub/file name.txt");
    }

    [Fact]
    public async Task Digest_OfALargeFile_IsTheSameInPiecesAndTellsHowFarItIs()
    {
        var random = new Random(7);
        var text = new byte[20_000_003];
        for (var index = 0; index < text.Length; index++)
            text[index] = (byte)"abcdefgh \n\t"[random.Next(11)];
        File.WriteAllBytes(_folder.Combine("root/large"), text);

        await AssertLikeTools("large");
        Assert.Equal(2, _host.Progress.Count);
        Assert.All(_host.Progress, percent => Assert.InRange(percent, 40, 100));
    }

    [Fact]
    public async Task Digest_OfSourceFiles_SaysWhatTheSystemsToolsSay()
    {
        var sources = Directory.GetFiles(AppContext.BaseDirectory, "*.json");
        Assert.NotEmpty(sources);
        foreach (var source in sources)
        {
            var name = Path.GetFileName(source);
            File.Copy(source, _folder.Combine($"root/{name}"));
            await AssertLikeTools(name);
        }
    }

    [Theory]
    [InlineData("", "must name a file")]
    [InlineData("/etc/passwd", "is absolute")]
    [InlineData("\\\\server\\share", "is absolute")]
    [InlineData("../secret", "contains '..'")]
    [InlineData("sub/../../secret", "contains '..'")]
    [InlineData("sub/..", "contains '..'")]
    [InlineData("nul\0", "NUL")]
    [InlineData(".", "is the root of files itself")]
    [InlineData(".//./", "is the root of files itself")]
    public async Task Path_OutsideTheRoot_IsRefusedAtTheDoorAndInTheRun(string path, string rule)
    {
        await AssertRefused(JsonSerializer.Serialize(new { path }), rule);
    }

    [Fact]
    public async Task Path_LongerThanASystemTakes_IsRefusedBeforeAnyPartOfItIsLookedAt()
    {
        await AssertRefused(JsonSerializer.Serialize(new { path = new string('x', 256) }), "at most 4096 bytes, and 255 between two slashes");
        await AssertRefused(JsonSerializer.Serialize(new { path = string.Concat(Enumerable.Repeat("d/", 100_000)) + "x" }), "at most 4096 bytes");
    }

    [Fact]
    public async Task Path_ThatIsTooLongOnlyBelowTheRoot_IsNotFound()
    {
        var path = string.Concat(Enumerable.Repeat("d/", 2047)) + "x";

        var failure = await Assert.ThrowsAsync<TaskFailedException>(() => _host.RunAsync("file.digest", JsonSerializer.Serialize(new { path })));

        Assert.Equal(("file_not_found", false), (failure.Code, failure.Retry));
        Assert.DoesNotContain(_folder.Path, failure.Message, StringComparison.Ordinal);
    }

    /// <summary>Opening a pipe waits for its writer, and a handler that waits there keeps its slot until the process ends.</summary>
    [Fact]
    public async Task Path_OfANamedPipe_FailsForGoodAtOnce()
    {
        await RunToolAsync("mkfifo", _folder.Combine("root/pipe"));

        var run = Task.Run(() => _host.RunAsync("file.digest", """{"path":"pipe"}"""), TestContext.Current.CancellationToken);
        var failure = await Assert.ThrowsAsync<TaskFailedException>(() => Await.Within(run, TimeSpan.FromSeconds(30), "a pipe to be refused"));

        Assert.Equal(("file_unreadable", false), (failure.Code, failure.Retry));
        Assert.Contains("'pipe' is a pipe", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Path_OfASocket_FailsForGoodAtOnce()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(_folder.Combine("root/socket")));

        var failure = await Assert.ThrowsAsync<TaskFailedException>(() => _host.RunAsync("file.digest", """{"path":"socket"}"""));

        Assert.Equal(("file_unreadable", false), (failure.Code, failure.Retry));
    }

    [Theory]
    [InlineData("file-link")]
    [InlineData("folder-link/secret")]
    [InlineData("two-links")]
    [InlineData("climbing-link")]
    [InlineData("round-link")]
    [InlineData("sibling-link")]
    public async Task Path_LeavesTheRootByALink_IsRefused(string path)
    {
        var secret = _folder.Write("outside/secret", "secret");
        _folder.Write("root-sibling/secret", "secret");
        File.CreateSymbolicLink(_folder.Combine("root/file-link"), secret);
        Directory.CreateSymbolicLink(_folder.Combine("root/folder-link"), _folder.Combine("outside"));
        File.CreateSymbolicLink(_folder.Combine("root/two-links"), "file-link");
        File.CreateSymbolicLink(_folder.Combine("root/climbing-link"), "sub/../../outside/secret");
        File.CreateSymbolicLink(_folder.Combine("root/round-link"), "round-link");
        File.CreateSymbolicLink(_folder.Combine("root/sibling-link"), _folder.Combine("root-sibling/secret"));

        await AssertRefused($$"""{"path":"{{path}}"}""", "symbolic link");
    }

    [Fact]
    public async Task Path_LinkThatStaysInside_IsRead()
    {
        _folder.Write("root/sub/real", "x y");
        File.CreateSymbolicLink(_folder.Combine("root/inner-link"), "./sub/real");
        using var throughLink = new HandlerHarness(Link("root-link", "root"));

        Assert.Contains("\"words\":2", await _host.RunAsync("file.digest", """{"path":"inner-link"}"""), StringComparison.Ordinal);
        Assert.Contains("\"words\":2", await throughLink.RunAsync("file.digest", """{"path":"./sub//real"}"""), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing", "file_not_found")]
    [InlineData("missing/deeper", "file_not_found")]
    [InlineData("sub", "file_unreadable")]
    public async Task Path_NoFileThere_FailsForGoodWithACode(string path, string code)
    {
        var failure = await Assert.ThrowsAsync<TaskFailedException>(() => _host.RunAsync("file.digest", $$"""{"path":"{{path}}"}"""));

        Assert.Equal((code, false), (failure.Code, failure.Retry));
        Assert.Contains(path, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Digest_Cancelled_Stops()
    {
        _folder.Write("root/file", "text");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _host.RunAsync("file.digest", """{"path":"file"}""", cancellationToken: new CancellationToken(canceled: true)));
    }

    private async Task AssertRefused(string payload, string rule)
    {
        var problem = _host.Check("file.digest", payload)!;
        Assert.Equal(("payload.path", "path_not_allowed"), (problem.Field, problem.Code));
        Assert.Contains(rule, problem.Rule, StringComparison.Ordinal);
        var failure = await Assert.ThrowsAsync<TaskFailedException>(() => _host.RunAsync("file.digest", payload));
        Assert.Equal(("path_not_allowed", false), (failure.Code, failure.Retry));
    }

    private async Task AssertLikeTools(string path)
    {
        var file = _folder.Combine($"root/{path}");
        var sum = (await RunToolAsync("sha256sum", "-b", file)).Split(' ')[0];
        var counts = (await RunToolAsync("wc", "-lwc", file)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var digest = JsonDocument.Parse(await _host.RunAsync("file.digest", $$"""{"path":"{{path}}"}""")).RootElement;

        Assert.Equal(path, digest.GetProperty("path").GetString());
        Assert.Equal(sum, digest.GetProperty("sha256").GetString());
        Assert.Equal(string.Join(' ', counts[..3]), $"{Text(digest, "lines")} {Text(digest, "words")} {Text(digest, "bytes")}");
    }

    private static string Text(JsonElement digest, string name) => digest.GetProperty(name).GetRawText();

    private string Link(string name, string target)
    {
        Directory.CreateSymbolicLink(_folder.Combine(name), _folder.Combine(target));
        return _folder.Combine(name);
    }

    private static async Task<string> RunToolAsync(string tool, params string[] arguments)
    {
        var start = new ProcessStartInfo(tool, arguments) { RedirectStandardOutput = true };
        start.Environment["LC_ALL"] = "C";
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await Await.Within(process.WaitForExitAsync(), TimeSpan.FromSeconds(30), $"{tool} to end");
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}

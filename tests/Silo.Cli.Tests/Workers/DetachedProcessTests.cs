using Silo.Cli.Processes;
using Silo.Testing;

namespace Silo.Cli.Tests.Workers;

public sealed class DetachedProcessTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Start_WithARecord_RecordsTheProcessItBecomes()
    {
        using var child = DetachedProcess.Start(["sleep", "600"], _folder.Combine("log"), new Dictionary<string, string>(), _folder.Combine("1.pid"), "w-1");
        try
        {
            await Await.Until(() => File.Exists(_folder.Combine("1.pid")), Limit, "the record");
            var (process, name) = DetachedProcess.ReadRecord(_folder.Combine("1.pid"))!.Value;

            Assert.Equal((child.Id, "w-1"), (process.Id, name));
            Assert.Equal(ProcessIdentity.Of(child.Id), process);
            Assert.True(process.IsAlive);
            Assert.False((process with { StartTicks = process.StartTicks - 1 }).IsAlive);
            Assert.False((process with { Boot = "another" }).IsAlive);
            UnixSignal.Kill(child.Id);
            await Await.Within(child.WaitForExitAsync(), Limit, "the end of the process");
            Assert.False(process.IsAlive);
        }
        finally
        {
            child.Kill();
        }
    }

    [Fact]
    public async Task Start_ProgramIsAbsent_LogsItAndEnds()
    {
        using var child = DetachedProcess.Start([_folder.Combine("absent")], _folder.Combine("log"), new Dictionary<string, string>());

        await Await.Within(child.WaitForExitAsync(), Limit, "the end of the process");

        Assert.NotEqual(0, child.ExitCode);
        Assert.Contains("absent", File.ReadAllText(_folder.Combine("log")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("12")]
    [InlineData("x 1 boot name")]
    [InlineData("1 2 boot name more")]
    public void ReadRecord_FileIsNone_IsNull(string text) =>
        Assert.Null(DetachedProcess.ReadRecord(_folder.Write("1.pid", text)));
}

using Silo.Cli.Invocation;
using Silo.Cli.Supervision;
using Silo.Testing;

namespace Silo.Deploy.Tests.Services;

public sealed class SupervisorNoticeTests : IDisposable
{
    private const int ThisProcess = 42;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly TemporaryFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private readonly StringWriter _said = new();

    public void Dispose()
    {
        _said.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Notice_ReadyAndStopping_AreTold()
    {
        using var socket = new NoticeSocket(_folder.Combine("notify"));
        var notice = Notice(("NOTIFY_SOCKET", socket.Path));

        notice.Ready("Serving");
        notice.Stopping();

        Assert.Equal("READY=1\nSTATUS=Serving", await socket.ReceiveAsync("READY"));
        Assert.Equal("STOPPING=1\nSTATUS=Draining", await socket.ReceiveAsync("STOPPING"));
    }

    [Fact]
    public async Task Notice_StartThatTakesLonger_AsksForTimeAndSaysWhy()
    {
        using var socket = new NoticeSocket(_folder.Combine("notify"));

        Notice(("NOTIFY_SOCKET", socket.Path)).Waiting("The database cannot be used yet.");

        Assert.Equal("EXTEND_TIMEOUT_USEC=120000000\nSTATUS=The database cannot be used yet.", await socket.ReceiveAsync("the wait"));
    }

    [Fact]
    public async Task Notice_AbstractSocket_IsTold()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using var socket = new NoticeSocket($"@{_folder.Path}");

        Notice(("NOTIFY_SOCKET", socket.Path)).Ready("Serving");

        Assert.StartsWith("READY=1", await socket.ReceiveAsync("READY"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_Progress_IsToldThreeTimesPerPeriod()
    {
        using var socket = new NoticeSocket(_folder.Combine("notify"));
        using var stopping = new CancellationTokenSource();
        var watching = Notice(("NOTIFY_SOCKET", socket.Path), ("WATCHDOG_USEC", "30000000"), ("WATCHDOG_PID", "42")).WatchAsync(() => Task.CompletedTask, stopping.Token);

        for (var sign = 1; sign <= 3; sign++)
        {
            Assert.Equal("WATCHDOG=1", await socket.ReceiveAsync($"sign {sign}"));
            _time.Advance(TimeSpan.FromSeconds(10));
        }

        await stopping.CancelAsync();
        await Await.Within(watching, Limit, "the end of the watch");
    }

    [Fact]
    public async Task Watch_ProgressHangs_IsNotToldUntilItGoesOn()
    {
        using var socket = new NoticeSocket(_folder.Combine("notify"));
        using var stopping = new CancellationTokenSource();
        Task progress = new TaskCompletionSource().Task;
        var watching = Notice(("NOTIFY_SOCKET", socket.Path), ("WATCHDOG_USEC", "30000000")).WatchAsync(() => progress, stopping.Token);

        await AdvanceUntilAsync(() => Lines() >= 3, "late progress to be told to the people");
        Assert.True(socket.IsEmpty);

        progress = Task.CompletedTask;
        await AdvanceUntilAsync(() => !socket.IsEmpty, "progress to be told again");
        await stopping.CancelAsync();
        await Await.Within(watching, Limit, "the end of the watch");
    }

    [Fact]
    public async Task Watch_NobodyAsks_EndsAtOnce()
    {
        await Await.Within(Notice().WatchAsync(Unexpected, CancellationToken.None), Limit, "a watch without a supervisor");
        await Await.Within(
            Notice(("NOTIFY_SOCKET", "/nowhere"), ("WATCHDOG_USEC", "1000"), ("WATCHDOG_PID", "43")).WatchAsync(Unexpected, CancellationToken.None), Limit, "another process's watch");
        static Task Unexpected() => throw new InvalidOperationException("Nobody asked for progress.");
    }

    [Fact]
    public void Notice_SupervisorAway_IsSaidOnceAndNoMore()
    {
        var notice = Notice(("NOTIFY_SOCKET", _folder.Combine("absent")));

        notice.Ready("Serving");
        notice.Stopping();

        Assert.Equal(1, Lines());
        Assert.Contains("NOTIFY_SOCKET", _said.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NOTIFY_SOCKET", "relative/path")]
    [InlineData("WATCHDOG_USEC", "soon")]
    [InlineData("WATCHDOG_USEC", "0")]
    public void Notice_VariableThatIsNone_IsRefused(string name, string value) =>
        Assert.Contains(name, Assert.Throws<CommandException>(() => Notice((name, value))).Message, StringComparison.Ordinal);

    private SupervisorNotice Notice(params (string Name, string Value)[] variables)
    {
        var values = variables.ToDictionary(variable => variable.Name, variable => variable.Value);
        return SupervisorNotice.Of(values.GetValueOrDefault, new Terminal(TextWriter.Null, TextWriter.Synchronized(_said), isInteractive: false), ThisProcess, _time);
    }

    private Task AdvanceUntilAsync(Func<bool> condition, string what) => Await.Until(
        () =>
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            return condition();
        },
        Limit,
        what);

    private int Lines()
    {
        lock (_said)
        {
            return _said.ToString().Count(letter => letter == '\n');
        }
    }
}

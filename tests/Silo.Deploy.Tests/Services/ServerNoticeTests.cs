using System.Collections;
using System.Diagnostics;
using Silo.Testing;

namespace Silo.Deploy.Tests.Services;

/// <summary>The program under a supervisor: real processes.</summary>
public sealed class ServerNoticeTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task UpAndWorker_UnderASupervisor_TellReadyProgressAndStopping()
    {
        using var ofServer = new NoticeSocket(_folder.Combine("server"));
        using var ofWorker = new NoticeSocket(_folder.Combine("worker"));
        using var server = Start(ofServer, "up", "--listen", "127.0.0.1:0", "--data", _folder.Combine("data"), "--slots", "1");
        try
        {
            var ready = await ofServer.ReceiveAsync("the server's READY");
            Assert.StartsWith("READY=1\nSTATUS=Serving on http://127.0.0.1:", ready, StringComparison.Ordinal);
            using var worker = Start(ofWorker, "worker", "--server", ready[ready.IndexOf("http", StringComparison.Ordinal)..], "--name", "w");
            try
            {
                Assert.StartsWith("READY=1", await ofWorker.ReceiveAsync("the worker's READY"), StringComparison.Ordinal);
                Assert.Equal(("WATCHDOG=1", "WATCHDOG=1"), (await ofServer.ReceiveAsync("the server's progress"), await ofWorker.ReceiveAsync("the worker's progress")));
                await StopAsync(worker, ofWorker);
            }
            finally
            {
                worker.Kill();
            }

            await StopAsync(server, ofServer);
        }
        finally
        {
            server.Kill();
        }
    }

    /// <summary>Its standard input ends, which is one of the ways to ask for an orderly stop.</summary>
    private static async Task StopAsync(Process process, NoticeSocket socket)
    {
        process.StandardInput.Close();
        string message;
        do
        {
            message = await socket.ReceiveAsync("STOPPING");
        }
        while (message == "WATCHDOG=1");

        Assert.StartsWith("STOPPING=1", message, StringComparison.Ordinal);
        await Await.Within(process.WaitForExitAsync(), Limit, "the end of the process");
        Assert.Equal(0, process.ExitCode);
    }

    private static Process Start(NoticeSocket socket, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Silo.Cli.dll"), .. arguments, "--stop-with-stdin"]) { RedirectStandardInput = true };
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            if (((string)variable.Key).StartsWith("SILO_", StringComparison.Ordinal))
                start.Environment.Remove((string)variable.Key);
        }

        start.Environment["NOTIFY_SOCKET"] = socket.Path;
        start.Environment["WATCHDOG_USEC"] = "60000000";
        return Process.Start(start)!;
    }
}

using System.Net;
using Silo.Cli.Invocation;
using Silo.Cli.Supervision;

namespace Silo.Cli.Serving;

/// <summary>Starts a server as soon as it can be. While what it needs is away, its address says so, and its process stays: no restart would bring it sooner.</summary>
internal sealed class PatientStart(Terminal terminal, SupervisorNotice notice, TimeProvider time)
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private WaitingServer? _waiting;
    private string? _said;

    /// <param name="listen">Where the server will be. When that leaves the port open, the one under which it was waited for is kept.</param>
    /// <param name="start">Throws <see cref="NotYetException"/>, or anything that ends the wait; it calls its second argument when the address is needed.</param>
    /// <param name="stopping">Ends the wait.</param>
    /// <returns>Null when it was ended before the server began.</returns>
    public async Task<TServer?> RunAsync<TServer>(IPEndPoint listen, Func<IPEndPoint, Func<Task>, Task<TServer>> start, Task stopping)
        where TServer : class
    {
        try
        {
            while (!stopping.IsCompleted)
            {
                try
                {
                    return await start(listen, ReleaseAsync);
                }
                catch (NotYetException delay)
                {
                    await TellAsync(listen, delay);
                    listen = new IPEndPoint(listen.Address, _waiting!.Address.Port);
                }

                await Task.WhenAny(Task.Delay(Interval, time), stopping);
            }

            return null;
        }
        finally
        {
            await ReleaseAsync();
        }
    }

    private async Task TellAsync(IPEndPoint listen, NotYetException delay)
    {
        _waiting ??= await WaitingServer.StartAsync(listen, delay.Shown);
        _waiting.Tell(delay.Shown);
        notice.Waiting(delay.Shown);
        if (_said != delay.Message)
        {
            terminal.Say($"Not ready: {delay.Message} It is tried again every {Interval.TotalSeconds:0} s.");
        }

        _said = delay.Message;
    }

    private async Task ReleaseAsync()
    {
        var waiting = _waiting;
        _waiting = null;
        await (waiting?.DisposeAsync() ?? default);
    }
}

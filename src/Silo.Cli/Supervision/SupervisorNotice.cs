using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Silo.Cli.Invocation;

namespace Silo.Cli.Supervision;

/// <summary>Tells systemd how the process is: ready, stopping, and making progress. Without a supervisor that asks, it does nothing.</summary>
/// <remarks>The protocol of sd_notify(3): datagrams of NAME=VALUE to the Unix socket that NOTIFY_SOCKET names. WATCHDOG_USEC says within which time
/// the next sign of progress is due; a process that gives none is restarted.</remarks>
internal sealed class SupervisorNotice
{
    /// <summary>Many times the interval at which a start is tried again, and above what one try may take.</summary>
    private static readonly TimeSpan Extension = TimeSpan.FromMinutes(2);

    private readonly UnixDomainSocketEndPoint? _socket;
    private readonly TimeSpan? _watchdog;
    private readonly Terminal _terminal;
    private readonly TimeProvider _time;
    private bool _told;

    private SupervisorNotice(UnixDomainSocketEndPoint? socket, TimeSpan? watchdog, Terminal terminal, TimeProvider time) =>
        (_socket, _watchdog, _terminal, _time) = (socket, watchdog, terminal, time);

    /// <param name="variable">Reads an environment variable; null for one that is not set.</param>
    /// <param name="terminal">Hears of a supervisor that cannot be told, and of progress that is late.</param>
    /// <param name="processId">Of this process: the watchdog may be meant for another one.</param>
    /// <exception cref="CommandException">A variable of the supervisor is not what the protocol says.</exception>
    public static SupervisorNotice Of(Func<string, string?> variable, Terminal terminal, int processId, TimeProvider time)
    {
        var path = variable("NOTIFY_SOCKET");
        if (path is not null && path is not (['/' or '@', _, ..]))
        {
            throw new CommandException(ExitCode.Usage, $"NOTIFY_SOCKET '{path}' must be an absolute path, or an abstract name that begins with @.");
        }

        // An abstract name begins with a zero byte, which a variable cannot hold.
        var socket = path is null ? null : new UnixDomainSocketEndPoint(path[0] == '@' ? $"\0{path[1..]}" : path);
        var forUs = variable("WATCHDOG_PID") is not { } pid || pid == processId.ToString(CultureInfo.InvariantCulture);
        return new SupervisorNotice(socket, forUs ? Watchdog(variable("WATCHDOG_USEC")) : null, terminal, time);
    }

    /// <summary>Starting is done.</summary>
    /// <param name="status">One line for people.</param>
    public void Ready(string status) => Send($"READY=1\nSTATUS={status}");

    /// <summary>Starting takes longer, through no fault of the process, and is not to be given up.</summary>
    /// <param name="status">One line for people.</param>
    public void Waiting(string status) => Send($"EXTEND_TIMEOUT_USEC={Extension.TotalMicroseconds:0}\nSTATUS={status}");

    /// <summary>Stopping has begun, by whomever it was asked for.</summary>
    public void Stopping() => Send("STOPPING=1\nSTATUS=Draining");

    /// <summary>Tells of progress three times per watchdog period, as long as there is any; returns at once when nobody watches.</summary>
    /// <param name="progress">Returns when the process has done a piece of its real work.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    public async Task WatchAsync(Func<Task> progress, CancellationToken cancellationToken)
    {
        if (_socket is null || _watchdog is not { } due)
        {
            return;
        }

        using var timer = new PeriodicTimer(due / 3, _time);
        try
        {
            do
            {
                if (await MadeAsync(progress, due / 3, cancellationToken))
                {
                    Send("WATCHDOG=1");
                }
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The server stops, and with it what could be watched.
        }
    }

    /// <summary>As <see cref="WatchAsync"/>, until something has come to its end.</summary>
    public async Task WatchUntilAsync(Task end, Func<Task> progress)
    {
        using var ended = new CancellationTokenSource();
        var watching = WatchAsync(progress, ended.Token);
        await end;
        await ended.CancelAsync();
        await watching;
    }

    private static TimeSpan? Watchdog(string? microseconds) => microseconds switch
    {
        null => null,
        _ when long.TryParse(microseconds, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 => TimeSpan.FromMicroseconds(count),
        _ => throw new CommandException(ExitCode.Usage, $"WATCHDOG_USEC '{microseconds}' must be a whole number of microseconds above 0."),
    };

    private async Task<bool> MadeAsync(Func<Task> progress, TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            await progress().WaitAsync(limit, _time, cancellationToken);
            return true;
        }
        catch (Exception late) when (late is TimeoutException or HttpRequestException or InvalidOperationException or ObjectDisposedException)
        {
            _terminal.Say($"No progress within {limit.TotalSeconds:0.#} s, so the supervisor was not told of any: {late.Message}");
            return false;
        }
    }

    private void Send(string message)
    {
        if (_socket is null)
        {
            return;
        }

        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            socket.SendTo(Encoding.UTF8.GetBytes(message), _socket);
        }
        catch (SocketException lost)
        {
            // Once: a supervisor that cannot be told will act by itself, and this says why.
            if (!_told)
            {
                _terminal.Say($"The supervisor at NOTIFY_SOCKET cannot be told how this process is: {lost.Message}");
            }

            _told = true;
        }
    }
}
